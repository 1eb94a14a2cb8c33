"""Property tests: one damaged run harms no other, whatever is wrong with which of its files."""

import argparse
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from distributed import Client, Scheduler, SpecCluster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mnist_core.cli.runs import list_runs
from mnist_core.config import RunConfig
from mnist_core.engine import queue
from mnist_core.engine.dispatcher import Dispatcher
from mnist_core.errors import LabError
from mnist_core.runs import leaderboards, scan, store
from mnist_core.runs.experiments import any_in_progress
from mnist_core.runs.prepared_experiments import EXPERIMENTS
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED, PAUSED, QUEUED, RUNNING
from tests.runs.damage import (
    FILES,
    JSON_FILES,
    Damage,
    all_damage,
    change_content,
    complete_run,
    set_field,
)

CASES = int(os.environ.get("DAMAGE_CASES", "500"))  # for a long search, which tries other cases each time
MAX_REASON_LENGTH = 300  # characters
FIELDS = (
    *("state", "queued_at", "started_at", "ended_at", "heartbeat", "seconds", "expected_seconds", "deaths", "scores"),
    *("error", "diverged", "name", "recipe", "nickname", "person", "experiment", "experiment_set", "parent"),
    *("inherited_epochs", "from_archive", "model", "training", "model.hidden_units", "model.activation"),
    *("model.dropout", "training.epochs", "training.batch_size", "training.digits", "training.schedule", "cancel"),
    *("pause", "dropout", "learning_rate_factor", "curves", "right", "scores.test_accuracy", "further"),
)
NUMBERS = st.one_of(
    st.integers(), st.integers().map(lambda number: number * 10**400), st.floats(allow_nan=True, allow_infinity=True)
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=50), st.just("x" * 5_000)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=8,
)


def cut(share: float) -> Damage:
    return change_content(lambda content: content[: int(share * len(content))])


def insert(share: float, inserted: bytes) -> Damage:
    return change_content(
        lambda content: content[: int(share * len(content))] + inserted + content[int(share * len(content)) :]
    )


SHARES = st.floats(0, 1)
DAMAGES = st.one_of(
    st.sampled_from(sorted(all_damage())).map(lambda key: (key[0], all_damage()[key])),
    st.tuples(st.sampled_from(JSON_FILES), st.builds(set_field, st.sampled_from(FIELDS), VALUES)),
    st.tuples(st.sampled_from(FILES), st.builds(cut, SHARES)),
    st.tuples(st.sampled_from(FILES), st.builds(insert, SHARES, st.binary(min_size=1, max_size=20))),
)


@pytest.fixture
def lab(home: Path, processes: None) -> Iterator[tuple[Path, Dispatcher]]:
    """A home with a finished and a queued run, and a dispatcher with a scheduler that has no workers."""
    complete_run(home, "good")
    store.create(RunConfig(name="waiting", person="b" * 16), home)
    scheduler = {
        "cls": Scheduler,
        "options": {"protocol": "inproc://", "dashboard": False, "dashboard_address": "127.0.0.1:0"},
    }
    with SpecCluster(scheduler=scheduler) as cluster, Client(cluster) as client:
        yield home, Dispatcher(home, client, own_workers=False)


@pytest.fixture
def templates(tmp_path: Path) -> dict[str, Path]:
    """A complete run in each state, by state, outside of the home."""
    (tmp_path / "templates/runs").mkdir(parents=True)
    return {
        state: complete_run(tmp_path / "templates", "damaged", state=state).path
        for state in (FINISHED, QUEUED, RUNNING, PAUSED)
    }


def check_that_all_goes_on(home: Path, dispatcher: Dispatcher, damaged: Run) -> None:
    """Do what the engine, the pages' lists and the command line do with all runs."""
    scanned = scan.scan(home)
    assert {"good", "waiting"} <= {listed.config.name for listed in scanned.own if listed.run != damaged}
    reasons = [unreadable.reason for unreadable in scanned.unreadable if unreadable.path == damaged.path]
    assert len(reasons) + sum(listed.run == damaged for listed in scanned.own) == 1
    assert all(reason.isprintable() and len(reason) <= MAX_REASON_LENGTH for reason in reasons)
    waiting = store.find("waiting", home)
    assert waiting in [each.run for each in queue.waiting(home)]
    assert queue.position_of(waiting, home).seconds >= 0
    queue.check_quota("b" * 16, home)
    for experiment in EXPERIMENTS.values():
        any_in_progress(experiment.newest_set(scanned.own).values())
    for ranking in (leaderboards.best_accuracy, leaderboards.fewest_parameters, leaderboards.fastest):
        assert "good" in [entry.run.config.name for entry in ranking(leaderboards.competing(scanned.runs))]
    dispatcher.look()
    list_runs(argparse.Namespace(json=True))
    for action in (damaged.read, damaged.cancel, damaged.delete):
        with suppress(LabError):
            action()


@settings(
    max_examples=CASES,
    derandomize="DAMAGE_CASES" not in os.environ,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(state=st.sampled_from([FINISHED, QUEUED, RUNNING, PAUSED]), damage=DAMAGES)
def test_a_run_with_any_damaged_file_harms_no_other_run(lab, templates, state, damage):
    home, dispatcher = lab
    name, change = damage
    damaged = Run(home / "runs/20261201-000000-damage")
    shutil.copytree(templates[state], damaged.path, copy_function=os.link)  # each damage makes a new file
    try:
        os.utime(damaged.path, (0, 0))
        change(damaged.path / name)
        os.utime(damaged.path, (0, 0))  # a young folder without a status is a run that is being created
        check_that_all_goes_on(home, dispatcher, damaged)
    finally:
        shutil.rmtree(damaged.path, ignore_errors=True)
