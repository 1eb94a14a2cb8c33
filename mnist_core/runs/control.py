"""Requests to a trainer while it trains a run."""

from dataclasses import dataclass

from pydantic import ConfigDict, TypeAdapter

from mnist_core.config import ConfigError

MAX_RATE_FACTOR = 100.0


@dataclass(frozen=True, kw_only=True)
class Control:
    """The content of a run's ``control.json``; a new run has no such file.

    Raises ConfigError when a value is out of bounds.
    """

    cancel: bool = False
    pause: bool = False
    slow_motion: bool = False  # a few batches per second, so that people can watch
    learning_rate_factor: float = 1.0  # multiplies the schedule's rate, from the next batch on
    dropout: float | None = None  # replaces the network's dropout, from the next epoch on

    __pydantic_config__ = ConfigDict(allow_inf_nan=False)

    def __post_init__(self) -> None:
        factor, dropout = self.learning_rate_factor, self.dropout
        if not 1 / MAX_RATE_FACTOR <= factor <= MAX_RATE_FACTOR:
            raise ConfigError(
                f"learning_rate_factor must be between {1 / MAX_RATE_FACTOR:g} and {MAX_RATE_FACTOR:g}, got {factor!r}."
            )
        if dropout is not None and not 0 <= dropout <= 0.9:
            raise ConfigError(f"dropout must be between 0 and 0.9, got {dropout!r}.")


CONTROL_JSON = TypeAdapter(Control)
