"""What a run is asked to do, as plain data: the network, its training, and the recipes that combine them."""

import math
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from typing import Any

import numpy as np

from mnist_core.errors import LabError

TRAINING_DIGITS = 60_000  # as many as MNIST has
FEWEST_DIGITS = 10  # that a run may learn from
MAX_EPOCHS = 200
MAX_NAME_LENGTH = 60
HELD_OUT = 6_000  # of the training digits, for validation that does not touch the test set
MAX_HANDWRITING = 200_000  # 160 MB of digits
MOST_UNITS = 8192  # of all hidden layers; how they vary together is looked at

ACTIVATIONS = ("relu", "sigmoid", "tanh", "gelu")
IMPORTED_ACTIVATIONS = (*ACTIVATIONS, "linear", "softmax", "elu", "selu", "silu", "softplus", "softsign")
MIXED = "mixed"  # what stands for the activations of an imported network whose layers have several
OPTIMIZERS = ("adam", "adamw", "sgd", "rmsprop")
CONSTANT, COSINE, ONE_CYCLE = SCHEDULES = ("constant", "cosine", "one-cycle")
ON_TEST_SET, ON_HELD_OUT = VALIDATIONS = ("test", "held-out")
FLOAT32, FASTEST = PRECISIONS = ("float32", "fastest")

WARM_UP = 0.25  # of a one-cycle schedule


class ConfigError(LabError, ValueError):
    """A setting outside its bounds."""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError(message)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _require_one_of(name: str, value: object, choices: tuple[str, ...]) -> None:
    _require(value in choices, f"{name} must be one of {', '.join(choices)}, got {value!r}.")


def _require_between(name: str, value: object, low: float, high: float) -> None:
    _require(
        _is_number(value) and low <= value <= high,
        f"{name} must be between {plain_number(low)} and {plain_number(high)}, got {value!r}.",
    )


def plain_number(value: float) -> str:
    """``value`` as people read it, without an exponent or needless zeros: 0.000001, 128."""
    return np.format_float_positional(value, trim="-")


def _require_whole(name: str, value: object, low: int, high: int) -> None:
    _require(
        _is_integer(value) and low <= value <= high,
        f"{name} must be a whole number from {low} to {high}, got {value!r}.",
    )


IMPORTED = "imported"  # the recipe of a network that was trained elsewhere


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """The network: 784 inputs, hidden Dense layers with an activation and dropout, 10 softmax outputs.

    One that was trained elsewhere may be larger, smaller and odder than those that people build here; it is told as
    far as this can tell it, by its largest dropout and by MIXED for several activations.
    """

    hidden_units: tuple[int, ...] = (512, 512)  # the book's two layers
    activation: str = "relu"  # the book's; of the hidden layers
    dropout: float = 0.2  # the book's; the share of a layer's outputs zeroed in training
    scaling: bool = True  # False leaves pixels at 0..255, to see what scaling is good for
    imported: bool = False  # it was trained elsewhere, and is known by its weights alone

    def __post_init__(self) -> None:
        object.__setattr__(self, "hidden_units", tuple(self.hidden_units))
        few, many = (0, 16) if self.imported else (1, 4)
        _require(
            few <= len(self.hidden_units) <= many,
            f"A network has {few} to {many} hidden layers, got {len(self.hidden_units)}.",
        )
        small, large = (1, MOST_UNITS) if self.imported else (8, 2048)
        for units in self.hidden_units:
            _require(
                _is_integer(units) and small <= units <= large,
                f"A hidden layer has {small} to {large} units, got {units!r}.",
            )
        _require(
            sum(self.hidden_units) <= MOST_UNITS,
            f"All hidden layers together have at most {MOST_UNITS} units, got {sum(self.hidden_units)}.",
        )
        activations = (*IMPORTED_ACTIVATIONS, MIXED) if self.imported else ACTIVATIONS
        _require_one_of("activation", self.activation, activations)
        _require_between("dropout", self.dropout, 0, 1 if self.imported else 0.9)

    @property
    def parameters(self) -> int:
        """Weights and biases of all Dense layers; 669,706 for the book's network."""
        return sum((inputs + 1) * outputs for inputs, outputs in pairwise((784, *self.hidden_units, 10)))


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How the network is trained, on categorical cross-entropy."""

    epochs: int = 20  # the book's; passes through the training digits
    batch_size: int = 128  # the book's; digits per step
    optimizer: str = "adam"  # the book's (Kingma and Ba, 2015)
    learning_rate: float = 1e-3  # Adam's default; the highest that the schedule reaches
    schedule: str = CONSTANT  # the book's; how the learning rate changes over the run
    weight_decay: float = 0.0  # the share of each weight taken off per step, times the learning rate
    label_smoothing: float = 0.0  # the share of the target spread over all ten digits (Szegedy et al., 2016)
    digits: int = TRAINING_DIGITS  # of MNIST to learn from at most, to see what many are good for
    shuffled_labels: bool = False  # each digit gets the label of another, to see it learn by heart
    distortions: bool = False  # each digit bent, turned and moved anew each time it is seen
    handwriting: int = 0  # synthetic pen drawings among the training digits, in styles that MNIST lacks
    drawings: int = 0  # of the lesson in the run's folder, repeated to so many among the training digits
    validation: str = ON_TEST_SET  # the book's; ON_HELD_OUT keeps the test set for the end
    patience: int = 0  # epochs without a better validation accuracy after which it stops; 0: never
    precision: str = FLOAT32  # FASTEST computes in bfloat16 where this machine is faster with it
    seed: int = 0  # of the first weights, the order of the digits and the dropout

    def __post_init__(self) -> None:
        _require_whole("epochs", self.epochs, 1, MAX_EPOCHS)
        _require_whole("batch_size", self.batch_size, 1, 4096)
        _require_one_of("optimizer", self.optimizer, OPTIMIZERS)
        _require_between("learning_rate", self.learning_rate, 1e-6, 1)
        _require_one_of("schedule", self.schedule, SCHEDULES)
        _require_between("weight_decay", self.weight_decay, 0, 1)
        _require_between("label_smoothing", self.label_smoothing, 0, 0.5)
        _require_whole("digits", self.digits, FEWEST_DIGITS, TRAINING_DIGITS)
        _require(
            isinstance(self.shuffled_labels, bool),
            f"shuffled_labels must be true or false, got {self.shuffled_labels!r}.",
        )
        _require(isinstance(self.distortions, bool), f"distortions must be true or false, got {self.distortions!r}.")
        _require_whole("handwriting", self.handwriting, 0, MAX_HANDWRITING)
        _require_whole("drawings", self.drawings, 0, TRAINING_DIGITS)
        _require_one_of("validation", self.validation, VALIDATIONS)
        _require_whole("patience", self.patience, 0, MAX_EPOCHS)
        _require_one_of("precision", self.precision, PRECISIONS)
        _require_whole("seed", self.seed, 0, 2**31 - 1)

    @property
    def held_out(self) -> int:
        """How many training digits are kept back to validate with."""
        return HELD_OUT if self.validation == ON_HELD_OUT else 0

    @property
    def training_digits(self) -> int:
        """How many digits an epoch has."""
        return min(self.digits, TRAINING_DIGITS - self.held_out) + self.handwriting + self.drawings

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch, the last and smaller one among them."""
        return -(-self.training_digits // self.batch_size)

    def rate_at(self, progress: float) -> float:
        """The learning rate when ``progress``, 0 to 1, of the run is behind it.

        Cosine: half a cosine down to 0 (Loshchilov and Hutter, 2017). One-cycle: up in a straight line for the
        first quarter, then the same cosine (Smith and Topin, 2019).
        """
        if self.schedule == CONSTANT:
            return self.learning_rate
        warm_up = WARM_UP if self.schedule == ONE_CYCLE else 0.0
        if progress < warm_up:
            return self.learning_rate * max(progress, 0.01) / warm_up
        return self.learning_rate * (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up))) / 2


@dataclass(frozen=True, kw_only=True)
class RunConfig:
    """Everything asked of one run; what ``config.json`` in its folder holds, beside the versions."""

    name: str
    recipe: str = "own"
    nickname: str = ""
    person: str = ""  # who asked for it, as the app tells people apart; "": the command line
    from_archive: bool = False  # it came in a zip from another lab, scored anew here; its curves are that lab's
    experiment: str = ""  # the id of the prepared experiment that it is a part of
    experiment_set: str = ""  # the same for all runs that one click has put in line
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
    def trained_elsewhere(self) -> bool:
        """Whether nobody asked for its training here; ``training`` then says nothing."""
        return self.recipe == IMPORTED and self.parent is None

    @property
    def imported(self) -> bool:
        """Whether it came from elsewhere, as a model file or with its history."""
        return self.trained_elsewhere or self.from_archive

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
            own = {each.name: values[each.name] for each in fields(cls) if each.name in values}
            return cls(
                **own | {"model": ModelConfig(**values["model"]), "training": TrainingConfig(**values["training"])}
            )
        except (KeyError, TypeError) as error:
            raise ConfigError(f"The configuration does not fit this version of Digit Lab: {error}.") from error
