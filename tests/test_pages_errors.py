from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.config import RunConfig
from mnist_core.digits import mnist
from mnist_core.runs import store
from mnist_core.runs.run import FINISHED, Run
from pages._parts.errors_browser import caption, sureness

APP = Path(__file__).parents[1] / "app.py"
SOME = {"test_accuracy": 0.5, "test_loss": 1.0, "correct": 5000, "incorrect": 5000}


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def trained_run(home: Path, *, probabilities: np.ndarray | None = None) -> Run:
    run = store.create(RunConfig(name="a *new* one"), home)
    run.update(state=FINISHED, scores=SOME)
    run.model_path.touch()
    if probabilities is not None:
        np.savez(run.path / "evaluation.npz", probabilities=probabilities)
    return run


def errors_page(run: str) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["model"] = run
    return app.switch_page("pages/errors.py").run()


def shown(app: AppTest) -> str:
    return "".join(part.proto.body for part in app.get("html"))


def test_the_page_counts_right_and_wrong_and_shows_the_surest_errors_first(home: Path) -> None:
    app = errors_page("book")
    assert not app.exception
    assert app.text[0].value == "How the network “book” reads the 10,000 digits of the test set."
    labels = mnist.load().test.labels
    predicted = store.find("book", home).test_probabilities.argmax(axis=1)
    wrong = int((predicted != labels).sum())
    assert [metric.value for metric in app.metric] == [f"{10_000 - wrong:,}", f"{wrong}", f"{1 - wrong / 10_000:.2%}"]
    assert f"1 to 12 of {wrong} errors" in [text.value for text in app.caption]
    assert shown(app).count("<figure>") == 12


def test_filters_choose_digits_and_say_so_when_none_is_left(home: Path) -> None:
    app = errors_page("book")
    app.selectbox(key="errors_true").set_value(4)
    app.selectbox(key="errors_predicted").set_value(9).run()
    assert shown(app).count("A 4, read as 9") == 2 * shown(app).count("<figure>") > 0  # alt text and caption
    app.selectbox(key="errors_predicted").set_value(4).run()
    assert app.info[0].value == "A 4 that is read as a 4 is right. Choose two different digits."
    next(button for button in app.button if button.label == "Show all errors").click().run()
    assert app.selectbox(key="errors_true").value is None
    assert shown(app).count("<figure>") == 12


def test_pressing_a_mix_up_shows_its_digits(home: Path) -> None:
    app = errors_page("book")
    button = next(button for button in app.button if "read as" in button.label)
    true, predicted = button.label[0], button.label[len("3 read as ")]
    button.click().run()
    assert f"A {true}, read as {predicted}" in shown(app)
    assert app.selectbox(key="errors_true").value == int(true)


def test_least_sure_first_turns_the_order_round(home: Path) -> None:
    labels = mnist.load().test.labels
    probabilities = np.eye(10, dtype=np.float32)[labels]
    for index, sure in ((5, 0.9), (7, 0.6)):
        probabilities[index] = 0
        probabilities[index, [(labels[index] + 1) % 10, labels[index]]] = sure, 1 - sure
    app = errors_page(trained_run(home, probabilities=probabilities).id)
    assert shown(app).index("Test index 5") < shown(app).index("Test index 7")
    app.button_group(key="errors_order").set_value("Least sure first").run()
    assert shown(app).index("Test index 7") < shown(app).index("Test index 5")


def test_a_faultless_network_has_nothing_to_browse(home: Path) -> None:
    labels = mnist.load().test.labels
    app = errors_page(trained_run(home, probabilities=np.eye(10, dtype=np.float32)[labels]).id)
    assert not app.exception
    assert app.info[0].value == "There is nothing to show: the network read every test digit right."


@pytest.mark.parametrize("content", [None, b"not an archive"])
def test_a_run_without_a_readable_evaluation_says_what_to_do(home: Path, content: bytes | None) -> None:
    run = trained_run(home)
    if content:
        (run.path / "evaluation.npz").write_bytes(content)
    app = errors_page(run.id)
    assert not app.exception
    assert "Choose another network in the sidebar" in app.error[0].value


def test_a_caption_tells_truth_answer_sureness_and_index() -> None:
    probabilities = np.array([0, 0, 0, 0, 0.25, 0, 0, 0, 0, 0.75], np.float32)
    assert caption(247, probabilities, 4) == "A 4, read as 9\n75.0% sure\nTest index 247"


def test_nothing_is_called_quite_sure() -> None:
    assert sureness(0.9994) == "99.9% sure"
    assert sureness(0.9995) == "Over 99.9% sure"
    assert sureness(1.0) == "Over 99.9% sure"
