"""Tests of the Errors page without a browser; tests/browser covers clicks on the matrix and on digits."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from streamlit.testing.v1 import AppTest

from mnist_core import settings
from mnist_core.config import ON_HELD_OUT, RunConfig
from mnist_core.digits import mnist
from mnist_core.digits.label_errors import DISPUTED
from mnist_core.evaluation.calibration import selective
from mnist_core.evaluation.mcnemar import compare
from mnist_core.evaluation.scores import confusion_matrix
from mnist_core.figures.matrix_tints import matrix_tints
from mnist_core.recipes import RECIPES
from mnist_core.runs import store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FINISHED
from pages._errors.calibration import threshold_text
from pages._errors.digit_detail import history_text
from pages._errors.model_comparison import comparison_text
from pages._shared.widgets.prediction import confidence_text
from tests.apps import new_app, open_page

SCORES = {"test_accuracy": 0.5, "test_loss": 1.0, "correct": 5000, "incorrect": 5000}
LABELS = mnist.load().test.labels


@pytest.fixture
def home(home_without_engine: Path) -> Path:
    return home_without_engine


def trained_run(home: Path, *, probabilities: np.ndarray | None = None) -> Run:
    run = store.create(RunConfig(name="a *new* one"), home)
    run.update(state=FINISHED, scores=SCORES)
    run.model_path.touch()
    if probabilities is not None:
        np.savez(run.path / "evaluation.npz", probabilities=probabilities)
    return run


def errors_page(run: str, **query: str) -> AppTest:
    app = new_app()
    app.session_state["model"] = run
    open_page(app, "errors")
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def cells(app: AppTest, name: str) -> list[dict]:
    """The buttons of the component with this name."""
    (component,) = [element.proto for element in app.get("bidi_component") if element.proto.component_name == name]
    return json.loads(component.json)["cells"]


def matrix_cells(app: AppTest) -> list[list[dict]]:
    """The ten by ten buttons of the confusion matrix without its headers."""
    buttons = cells(app, "confusion_matrix")
    return [buttons[start + 1 : start + 11] for start in range(10, len(buttons), 11)]


def digits(app: AppTest) -> list[str]:
    """The accessible names of the gallery's digits."""
    return [cell["name"] for cell in cells(app, "digit_choice")]


def indices(app: AppTest) -> list[int]:
    return [int(name.rpartition(" ")[2]) for name in digits(app)]


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info, *app.subheader])


def choose(app: AppTest, label: str, value: object) -> None:
    (control,) = [
        widget
        for kind in ("selectbox", "button_group", "segmented_control", "slider", "toggle", "select_slider")
        for widget in getattr(app, kind)
        if widget.label == label
    ][:1]
    control.set_value(value).run()
    assert not app.exception
    assert not app.error


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def url_query(app: AppTest) -> dict[str, str]:
    query = {name: value if isinstance(value, str) else value[0] for name, value in app.query_params.items()}
    return {name: value for name, value in query.items() if name != "model"}


def probabilities_of(run: str) -> np.ndarray:
    return store.find(run, settings.home()).evaluation.read_probabilities()


def test_the_page_counts_correct_and_wrong_predictions_and_shows_the_most_confident_errors_first(home: Path) -> None:
    app = errors_page("book")
    probabilities = probabilities_of("book")
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != LABELS)
    assert [metric.value for metric in app.metric] == [f"{10_000 - len(wrong):,}", f"{len(wrong)}", "98.24%"]
    assert f"1 to 48 of {len(wrong)} digits. Press one to see why." in text(app)
    assert indices(app) == wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")][:48].tolist()
    assert url_query(app) == {}


def test_each_cell_of_the_matrix_is_a_button_named_with_its_count(home: Path) -> None:
    app = errors_page("book")
    names = [cell["name"] for cell in cells(app, "confusion_matrix")]
    assert len(names) == 10 + 11 * 10
    count = int(((probabilities_of("book").argmax(axis=1) == 9) & (LABELS == 4)).sum())
    assert f"4 read as 9: {count} ({count / (LABELS == 4).sum():.2%} of the 4s)" in names


def test_the_matrix_can_show_percentages_and_hide_correct_predictions(home: Path) -> None:
    app = errors_page("book")

    def shown(true: int, predicted: int) -> str:
        return matrix_cells(app)[true][predicted]["text"]

    assert shown(3, 3) == "983"
    choose(app, "Shares of each row, in %", True)
    assert shown(3, 3) == "97.3"
    choose(app, "Hide what is right", True)
    assert shown(3, 3) == ""
    assert url_query(app) == {"shares": "yes", "hide-right": "yes"}


def test_the_matrix_has_the_common_tints_of_its_counts_or_shares(home: Path) -> None:
    def opacities() -> list[list[float]]:
        return [[cell["opacity"] for cell in row] for row in matrix_cells(app)]

    app = errors_page("book")
    counts = confusion_matrix(probabilities_of("book").argmax(axis=1), LABELS)
    assert_allclose(opacities(), matrix_tints(counts).opacity)
    choose(app, "Shares of each row, in %", True)
    assert_allclose(opacities(), matrix_tints(counts / counts.sum(axis=1, keepdims=True)).opacity)


def test_filters_limit_the_gallery_and_are_stored_in_the_url(home: Path) -> None:
    app = errors_page("book")
    choose(app, "True digit", "4")
    choose(app, "Read as", "9")
    assert all(name.startswith("A 4, read as 9") for name in digits(app))
    assert url_query(app) == {"true": "4", "predicted": "9"}
    choose(app, "Answers", "right")
    assert "No test digit fits all of these filters." in text(app)
    press(app, "Show all errors")
    assert len(digits(app)) == 48
    assert url_query(app) == {}


def test_a_url_restores_filters_order_page_and_network(home: Path) -> None:
    app = errors_page("book", true="9", outcome="right", order="unsure", page="2", sure="0-99")
    sure = probabilities_of("book").max(axis=1)
    expected = np.flatnonzero((LABELS == 9) & (probabilities_of("book").argmax(axis=1) == 9) & (sure <= 0.99))
    assert indices(app) == expected[np.argsort(sure[expected], kind="stable")][48:96].tolist()
    assert next(widget for widget in app.selectbox if widget.label == "True digit").value == "9"


@pytest.mark.parametrize(
    "query",
    [
        *(
            {"true": "12"},
            {"sure": "90-10"},
            {"sure": "x"},
            {"page": "0"},
            {"page": "²"},
            {"order": "?"},
            {"epoch": "3"},
        ),
        {"page": 5_000 * "9"},
    ],
)
def test_an_invalid_query_parameter_shows_all_errors(home: Path, query: dict) -> None:
    assert indices(errors_page("book", **query)) == indices(errors_page("book"))


def test_a_page_number_beyond_the_last_shows_the_last_page(home: Path) -> None:
    assert len(indices(errors_page("book", page="99"))) == 176 - 3 * 48


@pytest.mark.parametrize(
    ("order", "value"),
    [
        ("unsure", lambda row, label: row.max()),
        ("loss", lambda row, label: row[label]),
        ("margin", lambda row, label: -(np.sort(row)[-1] - np.sort(row)[-2])),
        ("index", None),
    ],
)
def test_the_gallery_is_sorted_in_the_chosen_order(home: Path, order: str, value) -> None:
    app = errors_page("book", outcome="any")
    choose(app, "Sorted by", order)
    shown = indices(app)
    if value is None:
        assert shown == list(range(48))
    else:
        ranks = [value(probabilities_of("book")[index], LABELS[index]) for index in shown]
        assert ranks == sorted(ranks)
    assert url_query(app) == {"outcome": "any", "order": order}


def test_the_gallery_can_be_limited_to_disputed_labels(home: Path) -> None:
    app = errors_page("world", outcome="any", order="index")
    choose(app, "Among", "disputed")
    assert indices(app) == list(DISPUTED)


def test_a_range_of_probabilities_limits_the_gallery(home: Path) -> None:
    app = errors_page("book")
    choose(app, "How sure it was (%)", (40, 60))
    sure = probabilities_of("book")[indices(app)].max(axis=1)
    assert len(sure)
    assert ((sure >= 0.4) & (sure <= 0.6)).all()
    assert url_query(app) == {"sure": "40-60"}


def test_a_click_on_a_confusion_filters_the_gallery_and_a_second_click_removes_the_filter(home: Path) -> None:
    app = errors_page("book")
    label = next(button.label for button in app.button if "read as" in button.label)
    press(app, label)
    assert all(name.startswith(f"A {label[:11]}".replace(" read", ", read")) for name in digits(app))
    assert url_query(app) == {"true": label[0], "predicted": label[10]}
    press(app, label)
    assert url_query(app) == {}


def test_the_time_machine_shows_the_errors_of_an_earlier_epoch(home: Path) -> None:
    app = errors_page("book")
    choose(app, "Time machine", True)
    assert url_query(app) == {"epoch": "20"}
    choose(app, "After epoch", 1)
    with np.load(store.find("book", home).snapshots()[1]) as snapshot:
        wrong = int((snapshot["test_probabilities"].argmax(axis=1) != LABELS).sum())
    assert app.metric[1].value == f"{wrong}"
    assert f"of {wrong} digits" in text(app)
    assert url_query(app) == {"epoch": "1"}
    choose(app, "Time machine", False)
    assert app.metric[1].value == "176"


def test_the_time_machine_marks_learned_and_forgotten_digits(home: Path) -> None:
    app = errors_page("book", epoch="1", among="learned", outcome="any")
    assert {cell["caption"].split(" ")[-1] for cell in cells(app, "digit_choice")} == {"learned"}
    final = probabilities_of("book").argmax(axis=1)
    assert (final[indices(app)] == LABELS[indices(app)]).all()
    choose(app, "Among", "forgotten")
    assert (final[indices(app)] != LABELS[indices(app)]).all()


def test_the_time_machine_shows_the_earlier_prediction_of_an_open_digit(home: Path) -> None:
    with np.load(store.find("book", home).snapshots()[1]) as snapshot:
        earlier = snapshot["test_probabilities"].argmax(axis=1)
    index = np.flatnonzero((earlier != LABELS) & (probabilities_of("book").argmax(axis=1) == LABELS))[0]
    app = errors_page("book", epoch="1", digit=str(index))
    assert f"Wrong: labelled {LABELS[index]}, read as {earlier[index]}. After epoch 1 it said" in text(app).replace(
        "*", ""
    )
    assert "as it is now, after all its epochs" in text(app)
    assert "**Right.** It says" in text(errors_page("book", digit=str(index)))


def test_a_run_without_snapshots_has_no_time_machine(home: Path) -> None:
    app = errors_page(trained_run(home, probabilities=np.eye(10, dtype=np.float32)[(LABELS + 1) % 10]).id)
    assert "Time machine" not in [toggle.label for toggle in app.toggle]
    choose(app, "Among", "always")
    assert "No test digit fits" in text(app)


def test_an_open_digit_shows_its_details_and_the_next_and_previous_digit(home: Path) -> None:
    app = errors_page("book", digit="247")
    shown = text(app)
    assert "Wrong: labelled 4, read as 2" in shown
    assert "Wrong after each epoch that was kept." in shown
    assert "95 of 176" in shown
    html = "".join(part.proto.body for part in app.get("html"))
    assert "world" in html
    assert "4 · 99.7%" in html
    assert len(cells(app, "digit_choice")) == 5
    press(app, "Next")
    next_index = url_query(app)["digit"]
    press(app, "Previous")
    assert url_query(app)["digit"] == "247" != next_index
    press(app, "Back to the gallery")
    assert url_query(app) == {"page": "2"}
    assert 247 in indices(app)


def test_a_disputed_digit_shows_the_raters_votes(home: Path) -> None:
    assert "Of five people 0 said 8, 5 said 9, 0 neither" in text(errors_page("world", digit="947"))


def test_a_digit_outside_the_filters_can_be_opened_by_its_url(home: Path) -> None:
    app = errors_page("book", digit="0")
    assert "Right" in text(app)
    assert "Not among the filtered digits." in text(app)
    assert next(button for button in app.button if button.label == "Next").disabled


def test_the_numbers_view_shows_the_metrics(home: Path) -> None:
    app = errors_page("book", view="numbers")
    assert [metric.value for metric in app.metric] == ["98.24%", "99.55%", "0.0865 nats", "1.13%"]
    assert app.dataframe[0].value["Support"].sum() == 10_000


def test_temperature_scaling_changes_the_probabilities_but_not_the_accuracy(home: Path) -> None:
    app = errors_page("book", view="numbers")
    choose(app, "Temperature scaling", True)
    assert app.metric[0].value == "98.24%"
    assert float(app.metric[3].value.rstrip("%")) < 1.13
    assert "each half's was fitted on the other" in text(app)


def test_a_run_with_held_out_digits_uses_its_saved_temperature(home: Path) -> None:
    book = RECIPES["book"]
    training = replace(book.training, validation=ON_HELD_OUT)
    run = store.create(RunConfig(name="held", model=book.model, training=training), home)
    run.update(state=FINISHED, scores=SCORES)
    run.model_path.touch()
    run.evaluation.save(probabilities_of("book"), statistics={}, temperature=1.5)
    app = errors_page(run.id, view="numbers")
    choose(app, "Temperature scaling", True)
    assert "The temperature is **1.50**, fitted on the 6,000 training digits" in text(app)


def test_a_probability_threshold_shows_the_coverage_and_the_accuracy(home: Path) -> None:
    app = errors_page("book", view="numbers")
    choose(app, "Answer only when at least this sure (%)", 99.0)
    sure, right = probabilities_of("book").max(axis=1), probabilities_of("book").argmax(axis=1) == LABELS
    covered = sure >= 0.99
    expected = (
        f"It answers **{covered.mean():.2%}** of the digits and is right in **{right[covered].mean():.2%}** of these."
    )
    assert expected in text(app)


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0.0, "answers all digits, **50.00%** of them right"), (0.99, "it answers nothing")]
)
def test_the_threshold_text_describes_a_coverage_of_all_and_of_none(threshold: float, expected: str) -> None:
    result = selective(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([0, 1]), np.array([threshold]))
    assert expected in threshold_text(result, 2)


def test_two_networks_are_compared_digit_by_digit(home: Path) -> None:
    app = errors_page("book", view="compare")
    comparison = compare(probabilities_of("book").argmax(axis=1), probabilities_of("world").argmax(axis=1), LABELS)
    counts = [comparison.both, comparison.only_first, comparison.only_second, comparison.neither]
    assert [metric.value for metric in app.metric] == [f"{len(indices_of_case):,}" for indices_of_case in counts]
    assert "**world is really better than book** on digits like these" in text(app)
    assert indices(app) == comparison.only_first.tolist()
    choose(app, "Digits", "second")
    assert indices(app) == comparison.only_second[:48].tolist()
    assert url_query(app) == {"view": "compare", "with": "world", "who": "second"}


def test_a_difference_without_significance_is_called_chance() -> None:
    right, wrong = np.zeros(100, int), np.ones(100, int)
    first, second = right.copy(), right.copy()
    first[:6], second[6:10] = 1, 1
    shown = comparison_text(compare(first, second, right), "A", "B")
    assert "B alone reads 6 digits right, A alone 4." in shown
    assert "**that can well be chance.**" in shown
    assert "nothing tells them apart" in comparison_text(compare(wrong, wrong, right), "A", "B")


def test_a_newly_trained_run_can_be_compared(home: Path) -> None:
    run = trained_run(home, probabilities=np.eye(10, dtype=np.float32)[LABELS])
    app = errors_page("world", view="compare")
    options = next(widget for widget in app.selectbox if widget.label == "Compare with").options
    assert any(option.startswith("a *new* one") for option in options)
    app = errors_page("world", view="compare", **{"with": run.id})
    assert "**a \\*new\\* one is really better than world**" in text(app)
    choose(app, "Digits", "first")
    assert "There is no such digit." in text(app)


def test_a_network_without_errors_shows_an_empty_gallery(home: Path) -> None:
    app = errors_page(trained_run(home, probabilities=np.eye(10, dtype=np.float32)[LABELS]).id)
    assert "No test digit fits all of these filters." in text(app)


@pytest.mark.parametrize("view", ["mistakes", "numbers", "compare"])
@pytest.mark.parametrize("content", [None, b"not an archive"])
def test_a_run_without_a_readable_evaluation_shows_what_to_do(home: Path, content: bytes | None, view: str) -> None:
    run = trained_run(home)
    if content:
        (run.path / "evaluation.npz").write_bytes(content)
    app = errors_page(run.id, view=view)
    assert "Choose another network in the sidebar" in app.error[0].value


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ("11", "Right after each epoch that was kept."),
        ("00", "Wrong after each epoch that was kept."),
        ("01", "Wrong after epoch 1, learned by epoch 5."),
        ("1011", "Right after epoch 1, forgotten by epoch 5, learned by epoch 9."),
    ],
)
def test_the_history_text_says_when_a_digit_was_learned_or_forgotten(right: str, expected: str) -> None:
    assert history_text({1 + 4 * index: mark == "1" for index, mark in enumerate(right)}) == expected


def test_a_probability_of_1_is_shown_as_over_99_9_percent() -> None:
    assert confidence_text(0.9994) == "99.9% sure"
    assert confidence_text(0.9995) == "Over 99.9% sure"
    assert confidence_text(1.0) == "Over 99.9% sure"
