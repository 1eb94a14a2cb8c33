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


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_books_network_is_told_layer_by_layer() -> None:
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


def test_a_network_without_scaling_and_dropout_names_neither() -> None:
    told = str(table(ModelConfig(scaling=False, dropout=0)))
    assert "Scaling" not in told
    assert "dropout" not in told


@given(configs)
def test_the_layers_parameters_add_up_to_the_networks(config: ModelConfig) -> None:
    assert sum(layer.parameters for layer in layers(config)) == config.parameters


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("hidden_units", [(8,), (512, 512), (10, 9, 11), (2048, 2048, 2048, 2048)])
def test_one_to_four_hidden_layers_can_be_drawn(hidden_units: tuple[int, ...], theme: Theme) -> None:
    figure = network_diagram(ModelConfig(hidden_units=hidden_units), theme=theme)
    figure.draw_without_rendering()
    assert [word for word in words(figure) if word == "Dense"] == ["Dense"] * (len(hidden_units) + 1)


def test_layers_too_large_to_draw_have_dots() -> None:
    figure = network_diagram(ModelConfig(hidden_units=(10, 11)))
    assert words(figure).count("⋮") == 2  # 784 and 11


def test_the_digit_stands_in_the_inputs_place() -> None:
    digit = np.full((28, 28), 7, np.uint8)
    figure = network_diagram(ModelConfig(), digit=digit)
    (shown,) = (image for axes in figure.axes[0].child_axes for image in axes.images)
    np.testing.assert_array_equal(shown.get_array(), digit)


def test_the_diagram_names_the_activation():
    assert layers(ModelConfig(activation="gelu"))[1].notes == ("GELU", "dropout 20%")
    assert layers(ModelConfig(activation="tanh", dropout=0))[1].notes == ("tanh",)
