"""What a run is asked to do, as plain data: the network, its training, and the recipes that combine them."""

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from mnist_core.errors import LabError

TRAINING_DIGITS = 60_000  # as many as MNIST has
MAX_EPOCHS = 200
MAX_NAME_LENGTH = 60


class ConfigError(LabError, ValueError):
    """A setting outside its bounds."""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The network: 784 inputs, hidden Dense layers with ReLU and dropout, 10 softmax outputs."""

    hidden_units: tuple[int, ...] = (512, 512)  # the book's two layers
    dropout: float = 0.2  # the book's; the share of a layer's outputs zeroed in training
    scaling: bool = True  # False leaves pixels at 0..255, to see what scaling is good for

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden_units", tuple(self.hidden_units))
        _require(
            1 <= len(self.hidden_units) <= 4,
            f"A network has 1 to 4 hidden layers, got {len(self.hidden_units)}.",
        )
        for units in self.hidden_units:
            _require(
                _is_integer(units) and 8 <= units <= 2048,
                f"A hidden layer has 8 to 2048 units, got {units!r}.",
            )
        _require(
            _is_number(self.dropout) and 0 <= self.dropout <= 0.9,
            f"dropout must be between 0 and 0.9, got {self.dropout!r}.",
        )

    @property
    def parameters(self) -> int:
        """Weights and biases of all Dense layers; 669,706 for the book's network."""
        return sum((inputs + 1) * outputs for inputs, outputs in pairwise((784, *self.hidden_units, 10)))


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How the network is trained: Adam on categorical cross-entropy, validated on the test set."""

    epochs: int = 20  # the book's; passes through the 60,000 training digits
    batch_size: int = 128  # the book's; digits per step
    learning_rate: float = 1e-3  # Adam's default (Kingma and Ba, 2015)
    seed: int = 0  # of the first weights, the order of the digits and the dropout

    def __post_init__(self) -> None:
        _require(
            _is_integer(self.epochs) and 1 <= self.epochs <= MAX_EPOCHS,
            f"epochs must be a whole number from 1 to {MAX_EPOCHS}, got {self.epochs!r}.",
        )
        _require(
            _is_integer(self.batch_size) and 1 <= self.batch_size <= 4096,
            f"batch_size must be a whole number from 1 to 4096, got {self.batch_size!r}.",
        )
        _require(
            _is_number(self.learning_rate) and 1e-6 <= self.learning_rate <= 1,
            f"learning_rate must be between 0.000001 and 1, got {self.learning_rate!r}.",
        )
        _require(
            _is_integer(self.seed) and 0 <= self.seed < 2**31,
            f"seed must be a whole number from 0 to {2**31 - 1}, got {self.seed!r}.",
        )

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch, the last and smaller one among them."""
        return -(-TRAINING_DIGITS // self.batch_size)


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Everything asked of one run; what ``config.json`` in its folder holds, beside the versions."""

    name: str
    recipe: str = "own"
    nickname: str = ""
    parent: str | None = None  # the id of the run it goes on from
    inherited_epochs: int = 0  # epochs that the parent had behind it
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def __post_init__(self) -> None:
        _require(
            isinstance(self.name, str) and 1 <= len(self.name.strip()) <= MAX_NAME_LENGTH,
            f"A run's name has 1 to {MAX_NAME_LENGTH} characters.",
        )
        _require(self.name.isprintable(), "A run's name has no line breaks or control characters.")
        _require(
            _is_integer(self.inherited_epochs) and self.inherited_epochs >= 0,
            f"inherited_epochs must be a whole number from 0, got {self.inherited_epochs!r}.",
        )

    @property
    def total_epochs(self) -> int:
        """Epochs behind the network when the run has finished, the parent's among them."""
        return self.inherited_epochs + self.training.epochs

    def to_json(self) -> dict[str, Any]:
        """The configuration as JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "RunConfig":
        """The configuration back from ``to_json``; keys that are not its own are ignored.

        Raises ConfigError when a value is missing, unknown or out of bounds.
        """
        try:
            return cls(
                **{key: values[key] for key in ("name", "recipe", "nickname", "parent", "inherited_epochs")},
                model=ModelConfig(**values["model"]),
                training=TrainingConfig(**values["training"]),
            )
        except (KeyError, TypeError) as error:
            raise ConfigError(f"The configuration does not fit this version of Digit Lab: {error}.") from error


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A named pair of network and training, with one sentence for people."""

    description: str
    model: ModelConfig
    training: TrainingConfig


RECIPES = {
    "book": Recipe(
        description="The walk-through's network: 784-512-512-10, 20 epochs, about 98.3 % right.",
        model=ModelConfig(),
        training=TrainingConfig(),
    ),
}
