import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from mnist_core.config import ModelConfig
from mnist_core.figures.architecture import layers, network_diagram, table
from mnist_core.figures.style import DARK, LIGHT, Theme

configs = st.builds(
    ModelConfig,
    hidden_units=st.lists(st.integers(8, 2048), min_size=1, max_size=4).map(tuple),
    dropout=st.sampled_from([0, 0.2, 0.29, 0.9]),
    scaling=st.booleans(),
)


def texts_of(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_table_lists_the_layers_of_the_book_network() -> None:
    assert table(ModelConfig()) == [
        ("Layer", "Output", "Parameters"),
        ("Input", "28 × 28", "0"),
        ("Scaling, ÷ 255", "28 × 28", "0"),
        ("Flatten", "784", "0"),
        ("Dense, ReLU, dropout 20%", "512", "784 × 512 + 512 = 401,920"),
        ("Dense, ReLU, dropout 20%", "512", "512 × 512 + 512 = 262,656"),
        ("Dense, softmax", "10", "512 × 10 + 10 = 5,130"),
        ("Total", "", "669,706"),
    ]


def test_the_table_of_a_network_without_scaling_and_dropout_names_neither() -> None:
    rows = str(table(ModelConfig(scaling=False, dropout=0)))
    assert "Scaling" not in rows
    assert "dropout" not in rows


@given(configs)
def test_the_parameters_of_the_layers_add_up_to_those_of_the_network(config: ModelConfig) -> None:
    assert sum(layer.parameters for layer in layers(config)) == config.parameters


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("hidden_units", [(8,), (512, 512), (10, 9, 11), (2048, 2048, 2048, 2048)])
def test_one_to_four_hidden_layers_can_be_drawn(hidden_units: tuple[int, ...], theme: Theme) -> None:
    figure = network_diagram(ModelConfig(hidden_units=hidden_units), theme=theme)
    figure.draw_without_rendering()
    assert [text for text in texts_of(figure) if text == "Dense"] == ["Dense"] * (len(hidden_units) + 1)


def test_layers_with_too_many_units_are_drawn_with_dots() -> None:
    figure = network_diagram(ModelConfig(hidden_units=(10, 11)))
    assert texts_of(figure).count("⋮") == 2  # 784 and 11


def test_the_diagram_shows_the_digit_as_input() -> None:
    digit = np.full((28, 28), 7, np.uint8)
    figure = network_diagram(ModelConfig(), digit=digit)
    (shown,) = (image for axes in figure.axes[0].child_axes for image in axes.images)
    np.testing.assert_array_equal(shown.get_array(), digit)


def test_layer_notes_name_activation_and_dropout():
    assert layers(ModelConfig(activation="gelu"))[1].notes == ("GELU", "dropout 20%")
    assert layers(ModelConfig(activation="tanh", dropout=0))[1].notes == ("tanh",)
