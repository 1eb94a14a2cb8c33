"""Tests of packing a run into a zip, unpacking it, and the errors for malformed zips."""

import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.errors import RunError
from mnist_core.runs import archive, store
from mnist_core.runs.fine_tuning import LessonError
from mnist_core.runs.run import SHIPPED, Run
from mnist_core.runs.status import FINISHED, RUNNING
from tests.snapshots import run_with_snapshots
from tests.zips import Files, unzipped, zipped


@pytest.fixture
def packed(home: Path) -> Files:
    """The members of the zip of a small finished run; its model file is a placeholder."""
    config = RunConfig(
        name="theirs",
        person="0123456789abcdef",
        nickname="Ada",
        model=ModelConfig(hidden_units=(16,)),
        training=TrainingConfig(epochs=2),
    )
    run = run_with_snapshots(home, config, [1, 2], state=FINISHED, seconds=3.5)
    run.model_path.write_bytes(b"a network")
    (run.path / "epochs.csv").write_text("epoch,seconds,loss,accuracy,val_loss,val_accuracy\n1,1,0.5,0.8,0.4,0.82\n")
    (run.path / "resume").mkdir()
    (run.path / "resume" / "epoch-001.keras").write_bytes(b"a state")
    (run.path / "control.json").write_text("{}")
    return unzipped(archive.pack(run))


def with_json(files: Files, member: str, **changes: object) -> Files:
    return files | {member: json.dumps(json.loads(files[member]) | changes).encode()}


def arrays(**values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **values)
    return buffer.getvalue()


def test_a_packed_run_has_no_checkpoints_and_no_person(packed):
    assert packed.keys() == {
        "config.json",
        "status.json",
        "epochs.csv",
        "model.keras",
        "snapshots/epoch-01.npz",
        "snapshots/epoch-02.npz",
    }
    config = json.loads(packed["config.json"])
    assert (config["person"], config["nickname"]) == ("", "Ada")


def test_an_unpacked_run_is_marked_as_imported_and_has_its_epochs_and_snapshots(packed, tmp_path):
    archived = archive.unpack(zipped(packed))
    assert archived.config.imported
    assert archived.config.from_archive
    assert (archived.config.name, archived.config.training.epochs, archived.status.seconds) == ("theirs", 2, 3.5)
    assert archived.model == b"a network"
    (tmp_path / "config.json").write_text(json.dumps(archived.config.to_json()))
    archived.unpack(tmp_path)
    run = Run(tmp_path)
    assert run.read_epochs()["val_accuracy"].tolist() == [0.82]
    assert list(run.snapshots()) == [1, 2]
    assert not run.has_model()


def test_a_shipped_run_is_packed_and_unpacked_under_another_name():
    content = archive.pack(Run(SHIPPED / "book"))
    assert archive.is_run(content)
    assert archive.unpack(content).config.name == "book (imported)"


def test_an_unpacked_run_has_no_parent_but_its_inherited_epochs(packed):
    read = archive.unpack(zipped(with_json(packed, "config.json", parent="20260101-000000-abcdef", inherited_epochs=1)))
    assert (read.config.parent, read.config.inherited_epochs) == (None, 1)


def test_packing_a_run_without_a_network_raises_run_error(home):
    run = store.create(RunConfig(name="new"), home)
    with pytest.raises(RunError, match="no trained network yet"):
        archive.pack(run)


def test_is_run_is_true_only_for_a_zip_with_a_status(packed):
    assert archive.is_run(zipped(packed))
    assert not archive.is_run(zipped({"config.json": b"{}", "model.weights.h5": b""}))
    assert not archive.is_run(b"nonsense")
    assert not archive.is_run(zipped(packed)[:100])


REFUSED: list[tuple[str, Callable[[Files], Files], str]] = [
    ("a path that leads out", lambda files: files | {"../../out.txt": b""}, "path leads out"),
    ("an absolute path", lambda files: files | {"/etc/passwd": b""}, "path leads out"),
    ("a path of Windows", lambda files: files | {"..\\out.txt": b""}, "path leads out"),
    ("a program", lambda files: files | {"run.py": b"print()"}, "'run.py', which no run"),
    ("a file in a folder of its own", lambda files: files | {"snapshots/a/epoch-01.npz": b""}, "which no run"),
    ("a pickle", lambda files: files | {"model.pkl": b""}, "pickle"),
    ("a zip bomb", lambda files: files | {"batches.csv": bytes(200 * 2**20)}, "unpacks to more than 128 MB"),
    ("many files", lambda files: files | {f"snapshots/epoch-{n:03d}.npz": b"" for n in range(200)}, "a run has about"),
    ("no network", lambda files: {n: c for n, c in files.items() if n != "model.keras"}, "lacks model.keras"),
    ("no status", lambda files: {n: c for n, c in files.items() if n != "status.json"}, "lacks status.json"),
    ("a config that is no JSON", lambda files: files | {"config.json": b"{"}, "config.json is damaged"),
    ("a config that is a list", lambda files: files | {"config.json": b"[]"}, "should be an object"),
    ("a config without a name", lambda files: with_json(files, "config.json", name=""), "1 to 60 characters"),
    (
        "a config of nonsense",
        lambda files: with_json(files, "config.json", training={"epochs": "x"}),
        "epochs: Input should be a valid integer",
    ),
    (
        "a config with a wrong model",
        lambda files: with_json(files, "config.json", model=7),
        "model: Input should be an object",
    ),
    ("a status of nonsense", lambda files: with_json(files, "status.json", state="red"), "status.json is damaged"),
    (
        "a time that is none",
        lambda files: with_json(files, "status.json", seconds="soon"),
        "seconds: Input should be a valid number",
    ),
    (
        "no end of time",
        lambda files: with_json(files, "status.json", seconds=float("inf")),
        "seconds: Input should be a finite number",
    ),
    (
        "a nickname of nonsense",
        lambda files: with_json(files, "config.json", nickname={}),
        "nickname: Input should be a valid string",
    ),
    (
        "an endless recipe",
        lambda files: with_json(files, "config.json", recipe="x" * 99),
        "recipe: String should have at most 60",
    ),
    ("a run that trains", lambda files: with_json(files, "status.json", state=RUNNING), "has not ended"),
    (
        "a damaged snapshot",
        lambda files: files | {"snapshots/epoch-01.npz": b"PK\x03\x04 no"},
        "epoch-01.npz is damaged",
    ),
    ("objects", lambda files: files | {"lesson.npz": arrays(labels=np.array([{}], object))}, "lesson.npz is damaged"),
    ("no numbers", lambda files: files | {"snapshots/epoch-01.npz": arrays(a=np.array([np.nan]))}, "not finite"),
    (
        "a bomb inside",
        lambda files: files | {"lesson.npz": arrays(images=np.zeros((200, 2**20), np.uint8))},
        "unpacks to more than 128 MB",
    ),
]


@pytest.mark.parametrize(("change", "reason"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_a_malformed_zip_raises_run_error_with_the_reason(packed, change, reason):
    with pytest.raises(RunError, match=reason):
        archive.unpack(zipped(change(packed)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"epochs.csv": b"epoch,seconds\n1,2\n"}, "epochs.csv is damaged"),
        ({"epochs.csv": b"a,b,c,d,e,f\n1,1,nan,1,1,1\n"}, "else than numbers"),
        ({"snapshots/epoch-01.npz": arrays(a=np.zeros(3))}, "cannot be read"),
        ({"lesson.npz": arrays(a=np.zeros(3))}, "cannot be read"),
    ],
)
def test_a_malformed_member_raises_an_error_when_the_run_is_unpacked(packed, tmp_path, change, reason):
    archived = archive.unpack(zipped(packed | change))
    (tmp_path / "config.json").write_text(json.dumps(archived.config.to_json()))
    with pytest.raises((RunError, LessonError), match=reason):
        archived.unpack(tmp_path)


def test_a_symbolic_link_raises_run_error(packed):
    buffer = io.BytesIO(zipped(packed))
    with zipfile.ZipFile(buffer, "a") as file:
        link = zipfile.ZipInfo("batches.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    with pytest.raises(RunError, match="link"):
        archive.unpack(buffer.getvalue())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_with_the_same_name_raise_run_error(packed):
    buffer = io.BytesIO(zipped(packed))
    with zipfile.ZipFile(buffer, "a") as file:
        file.writestr("model.keras", b"another network")
    with pytest.raises(RunError, match="same name"):
        archive.unpack(buffer.getvalue())


def test_a_truncated_zip_and_one_that_is_too_large_raise_run_error(packed):
    with pytest.raises(RunError, match="damaged"):
        archive.unpack(zipped(packed)[:-100])
    with pytest.raises(RunError, match="larger than 128 MB"):
        archive.unpack(bytes(archive.MAX_MEGABYTES * 2**20 + 1))
