"""Tests of the pages and the command line beside damaged runs, and of the damaged runs' own pages."""

import os
import shutil
import time
from pathlib import Path

import pytest

from mnist_core.cli import main
from mnist_core.config import RunConfig
from mnist_core.host.auth import host_password
from mnist_core.runs import store
from mnist_core.runs.hints import Evidence
from mnist_core.runs.run import Run
from mnist_core.runs.status import RUNNING
from pages._shared import services
from pages._workshop.host.desk import TABS as TABS_OF_THE_HOST
from pages._workshop.host.login import TOKEN_KEY
from tests.apps import app_of, new_app, open_page
from tests.runs.damage import all_damage, complete_run

TABS = ("train", "learn", "experiments", "runs", "inside", "by-hand")
ERROR_VIEWS = ("mistakes", "numbers", "compare", "court", "robustness")
DATASET_VIEWS = ("first-look", "browse", "find", "map", "glance", "histograms", "preparation", "about")
ADDRESSES = (
    *("home?", "draw?", "workshop?view=board", "workshop?view=tour"),
    *(f"train?tab={tab}" for tab in TABS),
    *(f"errors?view={view}" for view in ERROR_VIEWS),
    *(f"dataset?view={view}" for view in DATASET_VIEWS),
)
TRAINED_AND_COMPARED = ("train?run={id}", "train?tab=runs&runs={id}")
LOOKED_INTO = ("train?tab=inside&run={id}", "train?tab=by-hand&run={id}")
OWN_ADDRESSES = {  # of the damaged run, by the file: the pages that read it
    "config.json": ("train?run={id}", "errors?model={id}"),
    "status.json": ("train?run={id}", "errors?model={id}"),
    "control.json": ("train?run={id}",),
    "imported.json": ("train?run={id}",),
    "robustness.json": ("errors?view=robustness&model={id}",),
    "epochs.csv": TRAINED_AND_COMPARED,
    "batches.csv": TRAINED_AND_COMPARED,
    "evaluation.npz": tuple(f"errors?view={view}&model={{id}}" for view in ERROR_VIEWS),
    "lesson.npz": ("draw?way=teach&model={id}", "train?run={id}"),
    "snapshots/epoch-02.npz": (
        "train?run={id}",
        "errors?epoch=2&model={id}",
        "errors?digit=7&model={id}",
        *LOOKED_INTO,
    ),
    "resume/best.npz": ("train?run={id}",),
    "resume/epoch-002+0003.keras": ("train?run={id}",),
    "model.keras": ("draw?model={id}", "train?run={id}"),
    "model.h5": ("train?run={id}",),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete run outside of any home."""
    home = tmp_path_factory.mktemp("template")
    (home / "runs").mkdir()
    return complete_run(home, "damaged").path


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    complete_run(home_without_engine, "good")
    return home_without_engine


def damaged_run(home: Path, template: Path, name: str, kind: str, number: int = 0) -> Run:
    """A copy of the complete run whose file ``name`` has this kind of damage."""
    run = Run(home / f"runs/20261201-000000-{number:06d}")
    shutil.copytree(template, run.path, copy_function=os.link)  # each damage makes a new file
    all_damage()[name, kind](run.path / name)
    os.utime(run.path, (0, 0))  # a young folder without a status is a run that is being created
    return run


def check_page(address: str) -> None:
    """Open ``address``, such as "train?tab=runs", and assert that it shows no traceback."""
    name, _, query = address.partition("?")
    app = open_page(new_app(), name)
    for pair in filter(None, query.split("&")):
        key, _, value = pair.partition("=")
        if key == "way":
            app.session_state["way"] = ":material/school: Teach it"
        else:
            app.query_params[key] = value
    app.run()
    assert not app.exception, (address, [each.value for each in app.exception])
    assert app.title


@pytest.fixture
def home_with_all_damage(home: Path, template: Path) -> Path:
    """A home with one run for each kind of damage to each file."""
    for number, (name, kind) in enumerate(all_damage()):
        damaged_run(home, template, name, kind, number)
    return home


def test_every_page_opens_beside_every_kind_of_damage(home_with_all_damage):
    for address in ADDRESSES:
        check_page(address)


def test_every_tab_of_the_hosts_view_opens_beside_every_kind_of_damage(home_with_all_damage, monkeypatch):
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    for tab in TABS_OF_THE_HOST:
        app = open_page(new_app(), "workshop")
        app.query_params["view"] = "desk"
        app.session_state["host-tab"] = tab
        app.session_state[TOKEN_KEY] = services.authenticator().authenticate(host_password(home_with_all_damage))
        app.run()
        assert not app.exception, tab
        assert "Close the desk" in [button.label for button in app.button], tab


def test_every_command_goes_on_beside_every_kind_of_damage(home_with_all_damage, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["digit-lab", "runs"])
    assert main() == 0
    listed = capsys.readouterr()
    assert "good" in listed.out
    assert "status.json is damaged" in listed.err


@pytest.mark.parametrize("name", OWN_ADDRESSES)
def test_the_pages_of_a_damaged_run_show_no_traceback(home, template, name):
    for file, kind in all_damage():
        if file == name:
            run = damaged_run(home, template, file, kind)
            for address in OWN_ADDRESSES[name]:
                check_page(address.format(id=run.id))
            shutil.rmtree(run.path)


def test_the_hints_of_a_run_do_without_a_damaged_snapshot(home, template, digits):
    run = damaged_run(home, template, "snapshots/epoch-02.npz", "weights that are not finite")
    evidence = Evidence.of(run, digits.test.images[:10])
    assert evidence.layers == ()
    assert evidence.epochs["epoch"].tolist() == [1, 2]


def trainings() -> None:
    from pages._workshop.host.trainings import show_trainings

    show_trainings()


@pytest.mark.parametrize("name", ["batches.csv", "epochs.csv", "control.json"])
def test_the_hosts_list_of_trainings_has_every_run_beside_one_with_a_damaged_file(home, template, monkeypatch, name):
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    run = damaged_run(home, template, name, "half of it" if name == "control.json" else "a text for a number")
    run.update(state=RUNNING, heartbeat=time.time())
    waiting = store.create(RunConfig(name="waiting"), home)
    app = app_of(trainings).run()
    assert not app.exception
    assert not app.error
    assert {f"host-cancel-{each.id}" for each in (run, waiting)} <= {button.key for button in app.button}
