"""The configuration of a run: the network and its training, as validated dataclasses."""

import math
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Annotated, Any, TypeGuard

import numpy as np
from pydantic import ConfigDict, Field, TypeAdapter

from mnist_core.errors import LabError

CLASSES = 10  # the digits 0 to 9
SIDE = 28  # pixels: the height and width of MNIST's digits
PIXELS = SIDE * SIDE
TRAINING_DIGITS = 60_000  # in MNIST
MIN_DIGITS = 10  # training digits of a run
MAX_EPOCHS = 200
MAX_INHERITED_EPOCHS = 1_000_000
MAX_NAME_LENGTH = 60
MAX_ID_LENGTH = 255  # of a run: a folder's name
HELD_OUT_DIGITS = 6_000  # of the training digits, for validation without the test set
MAX_HANDWRITING = 200_000  # synthetic digits, 160 MB
MAX_UNITS = 8192  # of all hidden layers together, which limits the size of their covariance matrix

ACTIVATIONS = ("relu", "sigmoid", "tanh", "gelu")
IMPORTED_ACTIVATIONS = (*ACTIVATIONS, "linear", "softmax", "elu", "selu", "silu", "softplus", "softsign")
MIXED = "mixed"  # an imported network whose layers have different activations
OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop")
CONSTANT, COSINE, ONE_CYCLE = SCHEDULES = ("constant", "cosine", "one-cycle")
ON_TEST_SET, ON_HELD_OUT = VALIDATIONS = ("test", "held-out")
FLOAT32, FASTEST = PRECISIONS = ("float32", "fastest")

WARM_UP_SHARE = 0.25  # of the steps of a one-cycle schedule


CHECKED = ConfigDict(allow_inf_nan=False)  # when pydantic reads a configuration from a file
ShortText = Annotated[str, Field(max_length=MAX_NAME_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")]


class ConfigError(LabError, ValueError):
    """A setting has an invalid value."""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _require_one_of(name: str, value: object, choices: tuple[str, ...]) -> None:
    _require(value in choices, f"{name} must be one of {', '.join(choices)}, got {value!r}.")


def _require_between(name: str, value: object, low: float, high: float) -> None:
    _require(
        _is_number(value) and low <= value <= high,
        f"{name} must be between {plain_number(low)} and {plain_number(high)}, got {value!r}.",
    )


def plain_number(value: float) -> str:
    """Format ``value`` without an exponent or trailing zeros: 0.000001, 128."""
    return np.format_float_positional(value, trim="-")


def _require_integer(name: str, value: object, low: int, high: int) -> None:
    _require(
        _is_integer(value) and low <= value <= high,
        f"{name} must be a whole number from {low} to {high}, got {value!r}.",
    )


IMPORTED = "imported"  # the recipe of a network that was trained elsewhere


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The network: 784 inputs, hidden Dense layers with an activation and dropout, 10 softmax outputs.

    An imported network has wider limits than one that people configure here. It is described approximately: by its
    largest dropout rate, and by MIXED for different activations.
    """

    hidden_units: tuple[int, ...] = (512, 512)  # the book's two layers
    activation: str = "relu"  # the book's; of the hidden layers
    dropout: float = 0.2  # the book's; the share of a layer's outputs zeroed in training
    scaling: bool = True  # False keeps pixels in 0..255, to show the effect of scaling
    imported: bool = False  # trained elsewhere; only its weights are known

    __pydantic_config__ = CHECKED

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden_units", tuple(self.hidden_units))
        min_layers, max_layers = (0, 16) if self.imported else (1, 4)
        _require(
            min_layers <= len(self.hidden_units) <= max_layers,
            f"A network has {min_layers} to {max_layers} hidden layers, got {len(self.hidden_units)}.",
        )
        min_units, max_units = (1, MAX_UNITS) if self.imported else (8, 2048)
        for units in self.hidden_units:
            _require(
                _is_integer(units) and min_units <= units <= max_units,
                f"A hidden layer has {min_units} to {max_units} units, got {units!r}.",
            )
        _require(
            sum(self.hidden_units) <= MAX_UNITS,
            f"All hidden layers together have at most {MAX_UNITS} units, got {sum(self.hidden_units)}.",
        )
        activations = (*IMPORTED_ACTIVATIONS, MIXED) if self.imported else ACTIVATIONS
        _require_one_of("activation", self.activation, activations)
        _require_between("dropout", self.dropout, 0, 1 if self.imported else 0.9)

    @property
    def parameters(self) -> int:
        """Weights and biases of all Dense layers; 669,706 for the book's network."""
        return sum((inputs + 1) * outputs for inputs, outputs in pairwise((PIXELS, *self.hidden_units, CLASSES)))


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How the network is trained, on categorical cross-entropy."""

    epochs: int = 20  # the book's; passes through the training digits
    batch_size: int = 128  # the book's; digits per step
    optimizer: str = "adam"  # the book's (Kingma and Ba, 2015)
    learning_rate: float = 1e-3  # Adam's default; the highest that the schedule reaches
    schedule: str = CONSTANT  # the book's; how the learning rate changes over the run
    weight_decay: float = 0.0  # the share of each weight taken off per step, times the learning rate
    label_smoothing: float = 0.0  # the share of the target spread over all ten classes (Szegedy et al., 2016)
    digits: int = TRAINING_DIGITS  # the maximum number of MNIST digits, to show the effect of more data
    shuffled_labels: bool = False  # the labels are permuted, to show memorization
    distortions: bool = False  # random elastic and affine distortions as augmentation
    handwriting: int = 0  # synthetic pen drawings among the training digits, in styles that MNIST lacks
    drawings: int = 0  # the training digits made by repeating the drawings of the run's lesson
    validation: str = ON_TEST_SET  # the book's; ON_HELD_OUT uses the test set only at the end
    patience: int = 0  # epochs without a better validation accuracy before early stopping; 0: off
    precision: str = FLOAT32  # FASTEST uses bfloat16 if it is faster on this machine
    seed: int = 0  # of initial weights, the digits' order, dropout, distortions and synthetic drawings

    __pydantic_config__ = CHECKED

    def __post_init__(self) -> None:
        _require_integer("epochs", self.epochs, 1, MAX_EPOCHS)
        _require_integer("batch_size", self.batch_size, 1, 4096)
        _require_one_of("optimizer", self.optimizer, OPTIMIZERS)
        _require_between("learning_rate", self.learning_rate, 1e-6, 1)
        _require_one_of("schedule", self.schedule, SCHEDULES)
        _require_between("weight_decay", self.weight_decay, 0, 1)
        _require_between("label_smoothing", self.label_smoothing, 0, 0.5)
        _require_integer("digits", self.digits, MIN_DIGITS, TRAINING_DIGITS)
        _require(
            isinstance(self.shuffled_labels, bool),
            f"shuffled_labels must be true or false, got {self.shuffled_labels!r}.",
        )
        _require(isinstance(self.distortions, bool), f"distortions must be true or false, got {self.distortions!r}.")
        _require_integer("handwriting", self.handwriting, 0, MAX_HANDWRITING)
        _require_integer("drawings", self.drawings, 0, TRAINING_DIGITS)
        _require_one_of("validation", self.validation, VALIDATIONS)
        _require_integer("patience", self.patience, 0, MAX_EPOCHS)
        _require_one_of("precision", self.precision, PRECISIONS)
        _require_integer("seed", self.seed, 0, 2**31 - 1)

    @property
    def held_out(self) -> int:
        """The number of training digits that are held out for validation."""
        return HELD_OUT_DIGITS if self.validation == ON_HELD_OUT else 0

    @property
    def training_digits(self) -> int:
        """The number of digits in an epoch."""
        return min(self.digits, TRAINING_DIGITS - self.held_out) + self.handwriting + self.drawings

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches in an epoch, including the last, smaller one."""
        return -(-self.training_digits // self.batch_size)

    def rate_at(self, progress: float) -> float:
        """The learning rate after the share ``progress``, 0 to 1, of the run's steps.

        Cosine: half a cosine down to 0 (Loshchilov and Hutter, 2017). One-cycle: a linear increase in the first
        quarter, then the same cosine (Smith and Topin, 2019).
        """
        if self.schedule == CONSTANT:
            return self.learning_rate
        warm_up = WARM_UP_SHARE if self.schedule == ONE_CYCLE else 0.0
        if progress < warm_up:
            return self.learning_rate * max(progress, 0.01) / warm_up
        return self.learning_rate * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up))) / 2


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """The configuration of a run. It is stored in ``config.json`` in the run's folder, together with the versions."""

    name: str
    recipe: ShortText = "own"
    nickname: ShortText = ""
    person: ShortText = ""  # the id of the person who started it; "": the command line
    from_archive: bool = False  # imported from another lab's zip: evaluated here, but its curves are that lab's
    experiment: ShortText = ""  # the id of the prepared experiment that it belongs to
    experiment_set: ShortText = ""  # an id that all runs queued by one click share
    parent: Annotated[str, Field(max_length=MAX_ID_LENGTH)] | None = None  # the id of the run that it continues
    inherited_epochs: int = 0  # epochs of training before this run
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    __pydantic_config__ = CHECKED

    def __post_init__(self) -> None:
        _require(
            isinstance(self.name, str) and 1 <= len(self.name.strip()) <= MAX_NAME_LENGTH,
            f"A run's name has 1 to {MAX_NAME_LENGTH} characters.",
        )
        _require(self.name.isprintable(), "A run's name has no line breaks or control characters.")
        _require_integer("inherited_epochs", self.inherited_epochs, 0, MAX_INHERITED_EPOCHS)

    @property
    def trained_elsewhere(self) -> bool:
        """Whether the model was trained elsewhere; ``training`` is then meaningless."""
        return self.recipe == IMPORTED and self.parent is None

    @property
    def imported(self) -> bool:
        """Whether it was imported, as a model file or as a run with its history."""
        return self.trained_elsewhere or self.from_archive

    @property
    def total_epochs(self) -> int:
        """The epochs of the network after the run has finished, including the parent's."""
        return self.inherited_epochs + self.training.epochs

    def to_json(self) -> dict[str, Any]:
        """The configuration as JSON-serializable values, which ``CONFIG_JSON`` reads."""
        return asdict(self)


CONFIG_JSON = TypeAdapter(RunConfig)
