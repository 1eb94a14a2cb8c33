"""Tests of the commands; wrong input ends with one line on standard error and status 2."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from mnist_core import cli
from mnist_core.cli.models import resolve_model
from mnist_core.config import RunConfig
from mnist_core.digits import mnist
from mnist_core.digits.perturbations import LEVELS
from mnist_core.engine import worker
from mnist_core.engine.worker import import_model
from mnist_core.room.database import open_database
from mnist_core.room.settings import Settings
from mnist_core.runs import scan, store
from mnist_core.runs.robustness import read_robustness
from mnist_core.runs.status import CANCELLED, FINISHED
from tests.untrusted.files import dense, hdf5, layer, random_weights, sequential

PAGE_FAULTS_PER_STEP = 1_000  # measured: 420, most of them at TensorFlow's start; 3,080 with a tf.data generator


@pytest.fixture
def run_command(keras, home, monkeypatch, capsys):
    """Run a command in this process: (exit status, standard output, standard error)."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mnist_core", *map(str, arguments)])
        status = cli.main()
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def trained(processes, tmp_path_factory) -> dict:
    """The JSON report of one epoch of the book's recipe, trained by the command in another process."""
    lab = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGIT_LAB_HOME", str(lab))
        args = ["train", "--epochs", "1", "--seed", "3", "--name", "mine", "--json"]
        before = page_faults_of_children()
        result = subprocess.run([sys.executable, "-m", "mnist_core", *args], capture_output=True, text=True, check=True)
    report = json.loads(result.stdout.splitlines()[-1])
    return report | {"home": lab, "noise": result.stderr, "page_faults": page_faults_of_children() - before}


def page_faults_of_children() -> int:
    """The page faults of all ended child processes; 0 on Windows."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt


def test_the_train_command_prints_a_report_and_nothing_on_standard_error(trained):
    assert trained.keys() >= {"run", "path", "epochs", "seconds", "parameters", "test_loss", "test_accuracy"}
    assert (trained["epochs"], trained["parameters"]) == (1, 669_706)
    assert trained["test_accuracy"] > 0.95
    assert trained["seconds"] > 0
    assert trained["noise"] == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not count the page faults of child processes")
def test_training_reuses_its_memory_in_every_step(trained):
    """TensorFlow can make the C library return each buffer to the system at once (network/graph.py says when)."""
    assert trained["page_faults"] / 469 < PAGE_FAULTS_PER_STEP


def test_the_folder_of_a_trained_run_has_all_its_files(trained):
    run = store.find_or_open(trained["path"], trained["home"])
    assert run.read_status().state == FINISHED
    assert run.read_config().name == "mine"
    assert run.read_config().training.seed == 3
    assert {path.name for path in run.path.iterdir()} >= {
        "config.json",
        "status.json",
        "batches.csv",
        "epochs.csv",
        "snapshots",
        "model.keras",
        "model.h5",
        "evaluation.npz",
    }


def test_a_run_and_both_its_model_files_have_the_same_scores(trained, run_command):
    reports = []
    for reference in (trained["path"], f"{trained['path']}/model.keras", f"{trained['path']}/model.h5"):
        status, out, _ = run_command("evaluate", reference, "--json")
        assert status == 0
        reports.append(json.loads(out))
    assert {report["correct"] for report in reports} == {round(trained["test_accuracy"] * 10_000)}
    assert {report["correct"] + report["incorrect"] for report in reports} == {10_000}
    for report in reports:
        assert report["test_loss"] == pytest.approx(trained["test_loss"], abs=5e-7)


def test_train_from_a_run_continues_its_training(trained, run_command, monkeypatch):
    monkeypatch.setenv("DIGIT_LAB_HOME", str(trained["home"]))
    status, out, _ = run_command("train", "--from", "mine", "--epochs", 1, "--name", "more", "--json")
    assert status == 0
    report = json.loads(out)
    assert report["epochs"] == 2
    assert report["test_loss"] < trained["test_loss"]


def test_evaluate_without_json_prints_a_short_summary(run_command):
    status, out, _ = run_command("evaluate", "book")
    assert status == 0
    assert out.startswith("book: 9,8")
    assert "accuracy 0.98" in out


def test_evaluate_reports_the_accuracy_of_drawings_by_digit(run_command, tmp_path):
    seven = {"label": 7, "strokes": [[[70, 60], [205, 60], [180, 130], [120, 230]]], "canvas": 280, "brush": 20}
    a_one = {"label": 1, "strokes": [[[140, 40], [138, 240]]], "canvas": 280, "brush": 20}
    unknown = {"label": None, "strokes": [[[140, 40], [138, 240]]]}
    file = tmp_path / "drawings.json"
    file.write_text(json.dumps([seven, a_one, unknown]))
    status, out, _ = run_command("evaluate", "book", "--drawings", file, "--json")
    assert status == 0
    report = {"run": "book", "drawings": 2, "accuracy": 1.0, "per_digit": {"1": 1.0, "7": 1.0}, "refused": 0.0}
    assert json.loads(out) == report


def test_evaluate_reports_few_rejected_digits_and_many_rejected_non_digits(run_command):
    _, out, _ = run_command("evaluate", "book", "--json")
    assert json.loads(out)["refused"] == pytest.approx(0.01, abs=0.005)
    status, out, _ = run_command("evaluate", "book", "--non-digits", "--json")
    assert status == 0
    report = json.loads(out)
    assert report["non_digits"] == 1000
    assert report["per_kind"].keys() == {"letter", "scribble", "shape", "two digits", "dots"}
    assert 0.5 < report["refused"] == pytest.approx(np.mean(list(report["per_kind"].values())))


def test_evaluate_save_restores_the_typicality_statistics_of_a_run(trained, run_command):
    run = store.find_or_open(trained["path"], trained["home"])
    probabilities = run.evaluation.read_probabilities()
    assert run.evaluation.read_statistics()["known"].shape == (6000,)
    run.evaluation.save(probabilities, statistics={})
    assert run.evaluation.read_statistics() == {}
    status, _, err = run_command("evaluate", trained["path"], "--non-digits")
    assert status == 2
    assert "--save" in err
    status, out, _ = run_command("evaluate", trained["path"], "--save", "--json")
    assert status == 0
    assert json.loads(out)["refused"] == pytest.approx(0.01, abs=0.01)
    np.testing.assert_allclose(run.evaluation.read_probabilities(), probabilities, atol=1e-5)


def test_evaluate_robustness_measures_and_saves_it_in_the_run(trained, run_command, monkeypatch, digits):
    few = replace(digits, test=digits.test.take(np.arange(100)))
    monkeypatch.setattr(mnist, "load", lambda: few)
    run = store.find_or_open(trained["path"], trained["home"])
    status, out, _ = run_command("evaluate", trained["path"], "--robustness", "--json")
    assert status == 0
    curves = json.loads(out)["curves"]
    assert {name: tuple(curve["levels"]) for name, curve in curves.items()} == LEVELS
    assert curves["rotation"]["accuracies"] == list(read_robustness(run, LEVELS).curves["rotation"].accuracies)
    _, out, _ = run_command("evaluate", f"{trained['path']}/model.h5", "--robustness")
    assert f"shift     0 px: {curves['shift']['accuracies'][0]:.4f}, 1 px: " in out
    assert "of 100 digits" in out


def test_predict_prints_one_line_for_each_picture(run_command, tmp_path, digits):
    Image.fromarray(255 - digits.test.images[0]).resize((200, 200)).save(tmp_path / "seven.jpg")
    Image.fromarray(digits.test.images[1]).save(tmp_path / "two.png")
    Image.new("L", (50, 50), "white").save(tmp_path / "blank.png")
    files = [tmp_path / name for name in ("seven.jpg", "blank.png", "two.png")]
    status, out, _ = run_command("predict", *files, "--json")
    assert status == 0
    reports = [json.loads(line) for line in out.splitlines()]
    assert [report["digit"] for report in reports] == [7, None, 2]
    assert [report["not_a_digit"] for report in reports] == [False, True, False]
    assert np.sum(reports[0]["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_train_reports_a_run_that_another_process_cancelled_before_it_began(run_command, monkeypatch):
    monkeypatch.setattr(worker, "train_run", lambda run, *, watch: run.update(state=CANCELLED))
    status, output, error = run_command("train", "--json")
    assert (status, output) == (2, "")
    assert error.startswith("The training did not end here: the run ")
    assert error.endswith(" is cancelled.\n")


def test_train_refuses_to_ship_under_a_name_that_leads_elsewhere_before_it_trains(run_command, home):
    status, _, error = run_command("train", "--name", "..", "--ship")
    assert (status, "small letters" in error) == (2, True)
    assert scan.scan(home).own == ()
    assert store.shipped_default_run()


def test_ctrl_c_ends_a_command_without_a_traceback(run_command, monkeypatch):
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "evaluate", interrupted)
    assert run_command("evaluate", "book") == (130, "", "")


def test_runs_lists_the_shipped_runs(run_command):
    status, out, _ = run_command("runs", "--json")
    assert status == 0
    assert "book" in {json.loads(line)["name"] for line in out.splitlines()}


def test_runs_prints_why_a_run_is_damaged_and_move_damaged_prints_where_it_is_now(run_command, home):
    run = store.create(RunConfig(name="mine"), home)
    (run.path / "status.json").write_text("{")
    status, out, err = run_command("runs")
    assert (status, run.id in out) == (0, False)
    assert f"The run {run.id} cannot be read: status.json is damaged" in err
    moved = home / "damaged" / run.id
    assert run_command("runs", "--move-damaged") == (0, f"{moved}\n", "")
    assert moved.is_dir()
    assert run_command("runs")[2] == ""
    run = store.create(RunConfig(name="mine"), home)
    (run.path / "status.json").write_text("{")
    _, out, _ = run_command("runs", "--move-damaged", "--json")
    assert json.loads(out) == {"path": str(home / "damaged" / run.id)}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "nobody"], "no run called 'nobody'"),
        (["evaluate", "nowhere.keras"], "no model file"),
        (["evaluate", "book", "--drawings", "nowhere.json"], "nowhere.json"),
        (["predict", "nowhere.png"], "no picture"),
        (["predict", __file__], "not a picture"),
        (["train", "--epochs", "0"], "epochs"),
        (["train", "--from", "nobody"], "no run called 'nobody'"),
        (["train", "--from", "book", "--recipe", "book"], "not both"),
        (["train", "--name", "x" * 100], "name"),
    ],
)
def test_wrong_input_prints_one_line_and_returns_status_2(run_command, arguments, message):
    status, out, err = run_command(*arguments)
    assert status == 2
    assert out == ""
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["evaluate", "predict"])
def test_a_model_file_with_a_lambda_layer_is_rejected(run_command, tmp_path, digits, command):
    (tmp_path / "evil.h5").write_bytes(hdf5(sequential(layer("Lambda", function=["4wEAAAA=", None, None]))))
    Image.fromarray(digits.test.images[0]).save(tmp_path / "seven.png")
    args = [tmp_path / "evil.h5"] if command == "evaluate" else ["--run", tmp_path / "evil.h5", tmp_path / "seven.png"]
    status, _, err = run_command(command, *args)
    assert status == 2
    assert "evil.h5" in err
    assert "Lambda" in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("processes")
def test_an_unknown_command_returns_status_2():
    result = subprocess.run([sys.executable, "-m", "mnist_core", "dance"], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_a_home_that_cannot_be_written_prints_an_error_and_returns_status_2(run_command, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DIGIT_LAB_HOME", str(tmp_path / "file" / "lab"))
    status, _, err = run_command("runs")
    assert status == 2
    assert "DIGIT_LAB_HOME" in err


def test_a_damaged_dataset_prints_an_error_before_a_run_is_created(run_command, monkeypatch, tmp_path, home):
    monkeypatch.setattr(mnist, "FILE", tmp_path / "mnist.npz")
    for arguments in (["train"], ["evaluate"]):
        status, _, err = run_command(*arguments)
        assert status == 2
        assert "mnist.npz" in err
        assert "git checkout" in err
    assert not list((home / "runs").iterdir())


def test_train_from_an_imported_network_without_hidden_layers_continues_its_training(home, run_command):
    weights = random_weights(784, 10)
    run = import_model(hdf5(sequential(dense("dense_1", 10)), weights), RunConfig(name="linear"), home)
    assert run.read_status().scores["test_accuracy"] < 0.5
    status, out, _ = run_command("train", "--from", "linear", "--epochs", 1, "--json")
    assert status == 0
    report = json.loads(out)
    assert report["parameters"] == 7850
    assert report["test_accuracy"] > 0.8


def test_host_prints_the_url_and_the_password_unless_the_password_is_set(run_command, home, monkeypatch):
    monkeypatch.delenv("DIGIT_LAB_HOST_PASSWORD", raising=False)
    status, out, _ = run_command("host", "--port", 8600)
    assert status == 0
    assert "http://localhost:8600" in out
    assert (home / "host-password").read_text() in out
    monkeypatch.setenv("DIGIT_LAB_HOST_PASSWORD", "chosen")
    assert "password" not in run_command("host")[1]


def test_commands_use_the_network_that_the_host_pinned(home, monkeypatch):
    monkeypatch.delenv("DIGIT_LAB_DATABASE_URL", raising=False)
    assert resolve_model(None).name == "world"
    settings = Settings(open_database(home))
    settings.change(pinned="book")
    assert resolve_model(None).name == "book"
    settings.change(pinned="gone")
    assert resolve_model(None).name == "world"
