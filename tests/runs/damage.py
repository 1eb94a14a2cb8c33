"""A run with all files that a run can have, and ways to damage each of them."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.runs.fine_tuning import Lesson
from mnist_core.runs.robustness import Curve, Robustness, fingerprint
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED
from mnist_core.untrusted.import_report import ImportReport
from tests.snapshots import run_with_snapshots

SCORES = {"test_loss": 0.1, "test_accuracy": 0.985, "correct": 9_850, "incorrect": 150}
JSON_FILES = ("config.json", "status.json", "control.json", "imported.json", "robustness.json")
CSV_FILES = ("epochs.csv", "batches.csv")
ARRAY_FILES = ("evaluation.npz", "lesson.npz", "snapshots/epoch-02.npz", "resume/best.npz")
MODEL_FILES = ("model.keras", "model.h5", "resume/epoch-002+0003.keras")
FILES = (*JSON_FILES, *CSV_FILES, *ARRAY_FILES, *MODEL_FILES)

Damage = Callable[[Path], None]


def complete_run(home: Path, name: str, *, person: str = "", state: str = FINISHED, **status: Any) -> Run:
    """A run of a tiny network with every file; its models are placeholders."""
    random = np.random.default_rng(0)
    config = RunConfig(
        name=name, person=person, model=ModelConfig(hidden_units=(8,)), training=TrainingConfig(epochs=2, digits=100)
    )
    run = run_with_snapshots(home, config, [1, 2], state=state, **({"seconds": 2.0, "scores": SCORES} | status))
    probabilities = random.dirichlet(np.ones(10), 10_000).astype(np.float32)
    for path in run.snapshots().values():
        with np.load(path) as arrays:
            weights = dict(arrays)
        np.savez(path, test_probabilities=probabilities.astype(np.float16), **weights)
    run.evaluation.save(probabilities, statistics={}, temperature=1.5)
    (run.path / "epochs.csv").write_text(
        "epoch,seconds,loss,accuracy,val_loss,val_accuracy\n1,1,0.5,0.8,0.4,0.82\n2,2,0.4,0.9,0.3,0.99\n"
    )
    (run.path / "batches.csv").write_text("epoch,step,seconds,loss,accuracy\n1,1,1,0.5,0.8\n2,1,2,0.4,0.9\n")
    run.update_control(slow_motion=False)
    (run.path / "resume").mkdir()
    for model in MODEL_FILES:
        (run.path / model).write_bytes(b"a network")
    np.savez(run.path / "resume/best.npz", epoch=2, accuracy=0.9, weights_0=np.zeros(3))
    images = random.integers(0, 256, (40, 28, 28)).astype(np.uint8)
    Lesson.of(images, (np.arange(40) % 10).astype(np.uint8)).save(run.path)
    report = ImportReport(origin="an HDF5 file", pixels="from 0 to 1", answers="logits", normalized=False, right=198)
    report.save(run.path)
    Robustness(fingerprint(run), 100, {"rotation": Curve((0.0, 45.0), (0.9, 0.5))}).save(run)
    return run


def replace_content(content: bytes) -> Damage:
    return lambda path: path.unlink() or path.write_bytes(content)


def change_content(change: Callable[[bytes], bytes]) -> Damage:
    def damage(path: Path) -> None:
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(change(content))

    return damage


def put_folder_in_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


def set_field(field: str, value: object) -> Damage:
    """Set a field of a JSON object; ``field`` can be in an object inside, such as "training.epochs"."""

    def damage(path: Path) -> None:
        values = json.loads(path.read_text())
        *parents, last = field.split(".")
        target = values
        for parent in parents:
            if not isinstance(target.get(parent), dict):
                target[parent] = {}
            target = target[parent]
        target[last] = value
        path.unlink()
        path.write_text(json.dumps(values))

    return damage


def remove_field(field: str) -> Damage:
    def damage(path: Path) -> None:
        values = json.loads(path.read_text())
        values.pop(field, None)
        path.unlink()
        path.write_text(json.dumps(values))

    return damage


def replace_arrays(**arrays: np.ndarray) -> Damage:
    """Put ``arrays`` in place of arrays of an .npz file; "__" in a name stands for "/"."""

    def damage(path: Path) -> None:
        with np.load(path) as archive:
            content = dict(archive) | {name.replace("__", "/"): array for name, array in arrays.items()}
        path.unlink()
        with path.open("wb") as file:
            np.savez(file, **content)

    return damage


def npy() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


def _row(csv: bytes, value: str) -> bytes:
    """A row of a CSV that has ``value`` in each column."""
    columns = csv.partition(b"\n")[0].count(b",") + 1
    return (",".join([value] * columns) + "\n").encode()


ANY_FILE: dict[str, Damage] = {
    "missing": lambda path: path.unlink(),
    "a folder": put_folder_in_place,
    "empty": replace_content(b""),
    "half of it": change_content(lambda content: content[: len(content) // 2]),
    "bytes that are no text": replace_content(b"\xff\xfe\x00" * 50),
    "2 MB of spaces": replace_content(b" " * 2_000_000),
    "nested 2,000 deep": replace_content(b"[" * 2_000),
}
JSON_DAMAGE: dict[str, Damage] = ANY_FILE | {
    "an array": replace_content(b"[1, 2]"),
    "objects nested 2,000 deep": replace_content(b'{"a":' * 2_000 + b"1" + b"}" * 2_000),
    "an unknown field": set_field("further", {"a": [1]}),
}
CSV_DAMAGE: dict[str, Damage] = ANY_FILE | {
    "a text for a number": change_content(lambda content: content + _row(content, "x")),
    "a byte that is no text": change_content(lambda content: content + _row(content, "3").replace(b"3", b"\xff")),
    "inf for all": change_content(lambda content: content + _row(content, "-inf")),
    "numbers below 0": change_content(lambda content: content + _row(content, "-5")),
    "nan and inf": change_content(lambda content: content + _row(content, "nan")),
    "another number of columns": change_content(lambda content: content + b"1,2\n"),
    "numbers without end": change_content(lambda content: content.replace(b"0.8", b"1e999")),
}
ARRAY_DAMAGE: dict[str, Damage] = ANY_FILE | {
    "a single array": replace_content(npy()),
    "the beginning of a zip": replace_content(b"PK\x03\x04 no"),
}
FIELD_DAMAGE: dict[str, dict[str, Damage]] = {
    "status.json": {
        "a heartbeat x": set_field("heartbeat", "x"),
        "queued at null": set_field("queued_at", None),
        "queued at x": set_field("queued_at", "x"),
        "an unknown state": set_field("state", "asleep"),
        "a text in scores": set_field("scores", {"test_accuracy": "high"}),
        "few scores": set_field("scores", {"test_accuracy": 0.5}),
        "a list for scores": set_field("scores", [1]),
        "seconds x": set_field("seconds", "x"),
        "seconds nan": set_field("seconds", float("nan")),
        "expected seconds x": set_field("expected_seconds", "x"),
        "deaths without end": set_field("deaths", 10**400),
        "no state": remove_field("state"),
        "no queued at": remove_field("queued_at"),
    },
    "config.json": {
        "a nickname 5": set_field("nickname", 5),
        "an experiment [1]": set_field("experiment", [1]),
        "inherited epochs without end": set_field("inherited_epochs", 10**400),
        "a recipe []": set_field("recipe", []),
        "a person of 1,000 characters": set_field("person", "a" * 1_000),
        "epochs x": set_field("training.epochs", "x"),
        "units without end": set_field("model.hidden_units", [10**400]),
        "hidden units of the wrong size": set_field("model.hidden_units", [16]),
        "no model": remove_field("model"),
        "no name": remove_field("name"),
        "itself as parent": set_field("parent", "itself"),
    },
    "control.json": {
        "a factor x": set_field("learning_rate_factor", "x"),
        "a factor 0": set_field("learning_rate_factor", 0),
    },
    "imported.json": {"right x": set_field("right", "x"), "a text of 2,000": set_field("origin", "x" * 2_000)},
    "robustness.json": {
        "curves 5": set_field("curves", 5),
        "an accuracy 7": set_field("curves.rotation.accuracies", [7, 7]),
    },
    "evaluation.npz": {
        "other probabilities": replace_arrays(probabilities=np.zeros((3, 3))),
        "probabilities that are not finite": replace_arrays(probabilities=np.full((10_000, 10), np.nan, np.float32)),
        "objects": replace_arrays(probabilities=np.array([{}], object)),
        "a temperature of text": replace_arrays(temperature=np.array("x")),
        "three temperatures": replace_arrays(temperature=np.ones(3)),
    },
    "lesson.npz": {
        "other labels": replace_arrays(labels=np.full(40, 77, np.uint8)),
        "few labels": replace_arrays(labels=np.zeros(3, np.uint8)),
    },
    "snapshots/epoch-02.npz": {
        "another network": replace_arrays(hidden_1__kernel=np.zeros((3, 3))),
        "weights that are not finite": replace_arrays(hidden_1__bias=np.full(8, np.nan)),
        "other predictions": replace_arrays(test_probabilities=np.zeros(3)),
    },
}


def all_damage() -> dict[tuple[str, str], Damage]:
    """Every kind of damage to every file, by the file's name and the kind's."""
    kinds = {name: JSON_DAMAGE for name in JSON_FILES} | {name: CSV_DAMAGE for name in CSV_FILES}
    kinds |= {name: ARRAY_DAMAGE for name in ARRAY_FILES} | {name: ANY_FILE for name in MODEL_FILES}
    return {
        (name, kind): damage for name in FILES for kind, damage in (kinds[name] | FIELD_DAMAGE.get(name, {})).items()
    }


def copy_of(run: Run, run_id: str) -> Run:
    """A copy of ``run`` in the same home, with the id ``run_id``."""
    return Run(Path(shutil.copytree(run.path, run.path.parent / run_id)))
