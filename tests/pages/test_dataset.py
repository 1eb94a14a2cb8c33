"""The Dataset page, without a browser. What a click on a digit does is tried in tests/browser."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_core.digits import mnist
from mnist_core.digits.projection import METHODS, pixel_maps
from mnist_core.engine import maps
from mnist_core.engine.maps import HiddenMap
from mnist_core.runs import store
from pages._dataset.map_component import inside, sheet, unit_square
from tests.apps import new_app, open_page


@pytest.fixture
def page(home_without_engine: Path) -> AppTest:
    app = new_app().run()
    return open_page(app, "dataset")


def view(page: AppTest, name: str, **address: str) -> AppTest:
    page.query_params.update({"view": name, **address})
    page.run()
    assert not page.exception
    assert not page.error
    return page


def choice(page: AppTest, label: str):
    (found,) = [control for control in page.segmented_control if control.label == label]
    return found


def press(page: AppTest, label: str) -> None:
    (found,) = [button for button in page.button if button.label == label]
    found.click().run()
    assert not page.exception


def address(page: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def page_of(app: AppTest) -> int:
    (pagination,) = app.pagination
    return pagination.value


def index_of(app: AppTest) -> int:
    (index,) = app.number_input
    return index.value


def all_text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.code, *app.info, *app.caption])


def test_an_index_opens_the_page_that_it_is_on(page: AppTest) -> None:
    view(page, "browse")
    assert (index_of(page), page_of(page)) == (0, 1)
    page.number_input[0].set_value(12_345).run()
    assert (index_of(page), page_of(page)) == (12_345, 12_345 // 60 + 1)
    assert address(page)["digit"] == "train-12345"


def test_another_page_opens_its_first_digit(page: AppTest) -> None:
    view(page, "browse")
    page.pagination[0].set_value(3).run()
    assert (index_of(page), page_of(page)) == (120, 3)
    press(page, "Previous")
    assert (index_of(page), page_of(page)) == (119, 2)
    page.pagination[0].set_value(1000).run()
    assert index_of(page) == 59_940


def test_leafing_through_a_digit_stays_with_it(page: AppTest) -> None:
    view(page, "browse")
    choice(page, "Digit").set_value("7").run()
    sevens = (mnist.load().train.labels == 7).nonzero()[0]
    assert index_of(page) == sevens[0]
    press(page, "Next")
    assert index_of(page) == sevens[1]
    page.number_input[0].set_value(0).run()
    assert choice(page, "Digit").value == "All"
    assert index_of(page) == 0


def test_the_test_split_ends_at_9999_and_there_is_a_way_back(page: AppTest) -> None:
    view(page, "browse", digit="train-59999")
    choice(page, "Split").set_value("test").run()
    assert not page.exception
    assert page.number_input[0].max == 9_999
    assert index_of(page) == 9_999
    assert next(button for button in page.button if button.label == "Next").disabled
    choice(page, "Split").set_value("train").run()
    assert choice(page, "Split").value == "train"
    assert (index_of(page), page.number_input[0].max) == (9_999, 59_999)


def test_a_link_opens_its_digit_in_every_view_and_another_view_keeps_it(page: AppTest) -> None:
    view(page, "find", digit="test-947", **{"class": "8"})
    assert "test digit 947, a **8**" in all_text(page)
    press(page, "Browse")
    assert (index_of(page), choice(page, "Split").value, choice(page, "Digit").value) == (947, "test", "8")
    press(page, "Preparation")
    assert "y_test[947]\n8" in all_text(page)
    choice(page, "View").set_value("histograms").run()
    page.toggle(key="dataset_one").set_value(True).run()
    assert page.metric[0].value == "784"
    assert address(page) == {"view": "histograms", "digit": "test-947", "class": "8", "model": "world"}


@pytest.mark.parametrize("wrong", ["", "947", "test-10000", "train--1", "valid-3", "test-²"])
def test_an_address_that_names_no_digit_opens_the_first(page: AppTest, wrong: str) -> None:
    view(page, "browse", digit=wrong)
    assert (index_of(page), choice(page, "Split").value) == (0, "train")


def test_the_histograms_tell_how_many_pixels_there_are(page: AppTest) -> None:
    view(page, "histograms")
    assert page.metric[0].value == "47,040,000"
    choice(page, "Digit").set_value("1").run()
    assert not page.exception
    assert page.metric[0].value == f"{6742 * 784:,}"


def test_the_glance_counts_the_pixels_that_nobody_uses(page: AppTest) -> None:
    view(page, "glance")
    shown = "".join(html.proto.body for html in page.get("html"))
    assert "67 of 784 pixels" in shown
    assert "116 of 784 pixels" in shown


def test_what_is_typical_follows_the_open_digit_or_the_chosen_class(page: AppTest) -> None:
    view(page, "find", digit="test-0")
    choice(page, "Look for").set_value("Typical and strange").run()
    assert "The most typical 7s" in all_text(page)
    choice(page, "Digit").set_value("3").run()
    assert "The strangest 3s" in all_text(page)


def test_near_pairs_are_counted(page: AppTest) -> None:
    view(page, "find")
    choice(page, "Look for").set_value("Near-duplicates").run()
    assert "**782 pairs**" in all_text(page)
    choice(page, "Digit").set_value("8").run()
    choice(page, "Pairs").set_value("train").run()
    assert not page.exception
    assert "Of the 8s here, **0 pairs**" in all_text(page)


@pytest.mark.parametrize("name", ["first-look", "about"])
def test_every_view_opens(page: AppTest, name: str) -> None:
    view(page, name)
    assert page.title[0].value == "Dataset"


def test_the_preparation_shows_the_real_arrays(page: AppTest) -> None:
    view(page, "preparation")
    choice(page, "Follow a").set_value(8).run()
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


def test_the_map_of_the_raw_pixels_needs_no_engine(page: AppTest) -> None:
    view(page, "map", digit="test-947")
    assert "10,000 test digits by their raw pixels" in all_text(page)
    choice(page, "Layout").set_value("pca").run()
    assert not page.exception
    assert "**PCA**" in all_text(page)
    assert address(page)["layout"] == "pca"


def test_a_map_of_a_hidden_layer_is_shown_once_it_is_made(page: AppTest, home: Path) -> None:
    view(page, "map", layer="2")
    assert "alike **to the network**" in all_text(page)  # something to read, while the engine sleeps
    world = store.shipped_default_run()
    for method in METHODS:
        maps.keep(HiddenMap(world, 2, method).path(home), pixel_maps()[method])
    page.run()
    assert "as hidden layer 2 of world holds them" in all_text(page)
    assert not page.exception


@pytest.mark.parametrize("layer", ["3", "0", "-1", "x", "²"])
def test_an_address_that_names_no_layer_shows_the_raw_pixels(page: AppTest, layer: str) -> None:
    view(page, "map", layer=layer)
    assert choice(page, "Alike in").value == "pixels"


def test_an_area_holds_the_digits_in_it_those_in_its_middle_first() -> None:
    positions = unit_square(np.array([[0, 0], [10, 0], [5, 5], [6, 5], [10, 20]]))
    assert_allclose(positions, [[0.25, 0], [0.75, 0], [0.5, 0.25], [0.55, 0.25], [0.75, 1]])
    assert_array_equal(inside((0.45, 0, 0.8, 0.5), positions), [3, 2, 1])
    assert_array_equal(unit_square(np.ones((2, 2))), np.full((2, 2), 0.5))


def test_the_sheet_has_each_digit_in_its_place() -> None:
    images = mnist.load().test.images[:120]
    shown = np.asarray(Image.open(io.BytesIO(sheet(images))))
    assert shown.shape == (3 * 28, 50 * 28)
    assert_array_equal(shown[2 * 28 :, 19 * 28 : 20 * 28], images[119])
    assert not shown[2 * 28 :, 20 * 28 :].any()
