"""What people ask of a trainer while it works."""

from dataclasses import dataclass

from mnist_core.config import ConfigError

LARGEST_FACTOR = 100.0


@dataclass(frozen=True, kw_only=True)
class Control:
    """The requests in a run's ``control.json``; a new run has none.

    Raises ConfigError when a value is out of bounds.
    """

    cancel: bool = False
    pause: bool = False
    slow_motion: bool = False  # a few batches a second, for the eye
    learning_rate_factor: float = 1.0  # times what the schedule says, from the next batch
    dropout: float | None = None  # in place of the network's own, from the next epoch

    def __post_init__(self) -> None:
        factor, dropout = self.learning_rate_factor, self.dropout
        if not 1 / LARGEST_FACTOR <= factor <= LARGEST_FACTOR:
            raise ConfigError(
                f"learning_rate_factor must be between {1 / LARGEST_FACTOR:g} and {LARGEST_FACTOR:g}, got {factor!r}."
            )
        if dropout is not None and not 0 <= dropout <= 0.9:
            raise ConfigError(f"dropout must be between 0 and 0.9, got {dropout!r}.")
