"""Tests of the Dataset page without a browser; tests/browser covers clicks on digits."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_core.digits import mnist
from mnist_core.digits.projection import METHODS, pixel_maps
from mnist_core.engine import embedding_maps
from mnist_core.engine.embedding_maps import HiddenMap
from mnist_core.runs import store
from pages._dataset.map_component import indices_in_area, sprite_sheet, unit_square
from tests.apps import new_app, open_page


@pytest.fixture
def page(home_without_engine: Path) -> AppTest:
    app = new_app().run()
    return open_page(app, "dataset")


def open_view(page: AppTest, name: str, **query: str) -> AppTest:
    page.query_params.update({"view": name, **query})
    page.run()
    assert not page.exception
    assert not page.error
    return page


def control(page: AppTest, label: str):
    (widget,) = [widget for widget in page.segmented_control if widget.label == label]
    return widget


def press(page: AppTest, label: str) -> None:
    (button,) = [button for button in page.button if button.label == label]
    button.click().run()
    assert not page.exception


def url_query(page: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def page_of(app: AppTest) -> int:
    (pagination,) = app.pagination
    return pagination.value


def index_of(app: AppTest) -> int:
    (index,) = app.number_input
    return index.value


def all_text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.code, *app.info, *app.caption])


def test_entering_an_index_opens_the_grid_page_with_that_digit(page: AppTest) -> None:
    open_view(page, "browse")
    assert (index_of(page), page_of(page)) == (0, 1)
    page.number_input[0].set_value(12_345).run()
    assert (index_of(page), page_of(page)) == (12_345, 12_345 // 60 + 1)
    assert url_query(page)["digit"] == "train-12345"


def test_choosing_another_grid_page_opens_its_first_digit(page: AppTest) -> None:
    open_view(page, "browse")
    page.pagination[0].set_value(3).run()
    assert (index_of(page), page_of(page)) == (120, 3)
    press(page, "Previous")
    assert (index_of(page), page_of(page)) == (119, 2)
    page.pagination[0].set_value(1000).run()
    assert index_of(page) == 59_940


def test_next_stays_within_the_chosen_class_and_an_index_of_another_class_resets_it(page: AppTest) -> None:
    open_view(page, "browse")
    control(page, "Digit").set_value("7").run()
    sevens = (mnist.load().train.labels == 7).nonzero()[0]
    assert index_of(page) == sevens[0]
    press(page, "Next")
    assert index_of(page) == sevens[1]
    page.number_input[0].set_value(0).run()
    assert control(page, "Digit").value == "All"
    assert index_of(page) == 0


def test_switching_to_the_test_split_limits_the_index_and_switching_back_removes_the_limit(page: AppTest) -> None:
    open_view(page, "browse", digit="train-59999")
    control(page, "Split").set_value("test").run()
    assert not page.exception
    assert page.number_input[0].max == 9_999
    assert index_of(page) == 9_999
    assert next(button for button in page.button if button.label == "Next").disabled
    control(page, "Split").set_value("train").run()
    assert control(page, "Split").value == "train"
    assert (index_of(page), page.number_input[0].max) == (9_999, 59_999)


def test_a_digit_in_the_url_opens_in_every_view_and_stays_open_in_another(page: AppTest) -> None:
    open_view(page, "find", digit="test-947", **{"class": "8"})
    assert "test digit 947, a **8**" in all_text(page)
    press(page, "Browse")
    assert (index_of(page), control(page, "Split").value, control(page, "Digit").value) == (947, "test", "8")
    press(page, "Preparation")
    assert "y_test[947]\n8" in all_text(page)
    control(page, "View").set_value("histograms").run()
    page.toggle(key="dataset_one").set_value(True).run()
    assert page.metric[0].value == "784"
    assert url_query(page) == {"view": "histograms", "digit": "test-947", "class": "8", "model": "world"}


@pytest.mark.parametrize("wrong", ["", "947", "test-10000", "train--1", "valid-3", "test-²", "test-" + 5_000 * "9"])
def test_an_invalid_digit_in_the_url_opens_the_first_digit(page: AppTest, wrong: str) -> None:
    open_view(page, "browse", digit=wrong)
    assert (index_of(page), control(page, "Split").value) == (0, "train")


def test_the_histograms_show_the_number_of_pixels(page: AppTest) -> None:
    open_view(page, "histograms")
    assert page.metric[0].value == "47,040,000"
    control(page, "Digit").set_value("1").run()
    assert not page.exception
    assert page.metric[0].value == f"{6742 * 784:,}"


def test_the_overview_counts_the_pixels_that_are_always_blank(page: AppTest) -> None:
    open_view(page, "glance")
    shown = "".join(html.proto.body for html in page.get("html"))
    assert "67 of 784 pixels" in shown
    assert "116 of 784 pixels" in shown


def test_typical_digits_are_of_the_open_digits_class_or_the_chosen_class(page: AppTest) -> None:
    open_view(page, "find", digit="test-0")
    control(page, "Look for").set_value("Typical and strange").run()
    assert "The most typical 7s" in all_text(page)
    control(page, "Digit").set_value("3").run()
    assert "The strangest 3s" in all_text(page)


def test_near_duplicate_pairs_are_counted(page: AppTest) -> None:
    open_view(page, "find")
    control(page, "Look for").set_value("Near-duplicates").run()
    assert "**782 pairs**" in all_text(page)
    control(page, "Digit").set_value("8").run()
    control(page, "Pairs").set_value("train").run()
    assert not page.exception
    assert "Of the 8s here, **0 pairs**" in all_text(page)


@pytest.mark.parametrize("name", ["first-look", "about"])
def test_the_first_look_and_about_views_open(page: AppTest, name: str) -> None:
    open_view(page, name)
    assert page.title[0].value == "Dataset"


def test_the_preprocessing_view_shows_the_real_arrays(page: AppTest) -> None:
    open_view(page, "preparation")
    control(page, "Follow a").set_value(8).run()
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


def test_the_map_of_raw_pixels_is_shown_without_an_engine(page: AppTest) -> None:
    open_view(page, "map", digit="test-947")
    assert "10,000 test digits by their raw pixels" in all_text(page)
    control(page, "Layout").set_value("pca").run()
    assert not page.exception
    assert "**PCA**" in all_text(page)
    assert url_query(page)["layout"] == "pca"


def test_the_map_of_a_hidden_layer_is_shown_once_it_is_computed(page: AppTest, home: Path) -> None:
    open_view(page, "map", layer="2")
    assert "alike **to the network**" in all_text(page)  # explanation shown while the engine starts
    world = store.shipped_default_run()
    for method in METHODS:
        embedding_maps.save(HiddenMap(world, 2, method).path(home), pixel_maps()[method])
    page.run()
    assert "as hidden layer 2 of world holds them" in all_text(page)
    assert not page.exception


@pytest.mark.parametrize("layer", ["3", "0", "-1", "x", "²"])
def test_an_invalid_layer_in_the_url_shows_the_map_of_raw_pixels(page: AppTest, layer: str) -> None:
    open_view(page, "map", layer=layer)
    assert control(page, "Alike in").value == "pixels"


def test_a_selected_area_contains_its_digits_sorted_by_distance_from_its_centre() -> None:
    positions = unit_square(np.array([[0, 0], [10, 0], [5, 5], [6, 5], [10, 20]]))
    assert_allclose(positions, [[0.25, 0], [0.75, 0], [0.5, 0.25], [0.55, 0.25], [0.75, 1]])
    assert_array_equal(indices_in_area((0.45, 0, 0.8, 0.5), positions), [3, 2, 1])
    assert_array_equal(unit_square(np.ones((2, 2))), np.full((2, 2), 0.5))


def test_the_sprite_image_has_each_digit_at_its_position() -> None:
    images = mnist.load().test.images[:120]
    shown = np.asarray(Image.open(io.BytesIO(sprite_sheet(images))))
    assert shown.shape == (3 * 28, 50 * 28)
    assert_array_equal(shown[2 * 28 :, 19 * 28 : 20 * 28], images[119])
    assert not shown[2 * 28 :, 20 * 28 :].any()
