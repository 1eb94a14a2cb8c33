"""The Dataset page, without a browser. What a click on a digit does is tried in tests/browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_core.digits import mnist

APP = Path(__file__).parents[1] / "app.py"


@pytest.fixture
def page(home_without_engine: Path) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    return app.switch_page("pages/dataset.py")


def view(page: AppTest, name: str) -> AppTest:
    page.run()
    page.segmented_control(key="dataset_view").set_value(name)
    page.run()
    assert not page.exception
    assert not page.error
    return page


def page_of(app: AppTest) -> int:
    (pagination,) = app.pagination
    return pagination.value


def index_of(app: AppTest) -> int:
    return app.number_input(key="dataset_index").value


def all_text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.code, *app.info])


def test_an_index_opens_the_page_that_it_is_on(page: AppTest) -> None:
    view(page, "Browse")
    assert (index_of(page), page_of(page)) == (0, 1)
    page.number_input(key="dataset_index").set_value(12_345).run()
    assert (index_of(page), page_of(page)) == (12_345, 12_345 // 60 + 1)


def test_another_page_opens_its_first_digit(page: AppTest) -> None:
    view(page, "Browse")
    page.pagination[0].set_value(3).run()
    assert (index_of(page), page_of(page)) == (120, 3)
    page.button[0].click().run()
    assert (index_of(page), page_of(page)) == (119, 2)
    page.pagination[0].set_value(1000).run()
    assert index_of(page) == 59_940


def test_leafing_through_a_digit_stays_with_it(page: AppTest) -> None:
    view(page, "Browse")
    page.segmented_control(key="dataset_digit").set_value("7").run()
    sevens = (mnist.load().train.labels == 7).nonzero()[0]
    assert index_of(page) == sevens[0]
    page.button[1].click().run()
    assert index_of(page) == sevens[1]
    page.number_input(key="dataset_index").set_value(0).run()
    assert page.segmented_control(key="dataset_digit").value == "All"
    assert index_of(page) == 0


def test_the_test_split_ends_at_9999(page: AppTest) -> None:
    view(page, "Browse")
    page.number_input(key="dataset_index").set_value(59_999).run()
    page.segmented_control(key="dataset_split").set_value("test").run()
    assert not page.exception
    assert page.number_input(key="dataset_index").max == 9_999
    assert index_of(page) == 9_999
    assert page.button[1].disabled


def test_the_histograms_tell_how_many_pixels_there_are(page: AppTest) -> None:
    view(page, "Histograms")
    assert page.metric[0].value == "47,040,000"
    page.segmented_control(key="dataset_digit").set_value("1").run()
    assert not page.exception
    assert page.metric[0].value == f"{6742 * 784:,}"


@pytest.mark.parametrize("name", ["First look", "Counts and means", "About MNIST"])
def test_every_view_opens(page: AppTest, name: str) -> None:
    view(page, name)
    assert page.title[0].value == "Dataset"


def test_the_preparation_shows_the_real_arrays(page: AppTest) -> None:
    view(page, "Preparation")
    texts = []
    for step in ("1 Load", "2 Reshape", "3 float32", "4 Divide by 255", "5 One-hot"):
        page.segmented_control(key="dataset_step").set_value(step).run()
        assert not page.exception
        texts.append(all_text(page))
    load, reshape, floats, division, one_hot = texts
    assert "(60000, 28, 28)" in load
    assert "(10000, 28, 28)" in load
    assert "((60000, 784), (10000, 784))" in reshape
    assert "dtype=float32" in floats
    assert "0.9922" in division
    assert "model's own first layers" in division
    assert "(60000, 10)" in one_hot
    assert "[0., 0., 0., 0., 0., 0., 0., 0., 1., 0.]" in one_hot
