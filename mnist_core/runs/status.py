"""The status of a run, and the saved training states that it can resume from."""

from dataclasses import dataclass
from pathlib import Path

QUEUED, RUNNING, PAUSED = "queued", "running", "paused"
FINISHED, CANCELLED, FAILED = "finished", "cancelled", "failed"
INTERRUPTED = "interrupted"  # never written: a running or paused run with an old heartbeat


@dataclass(frozen=True, kw_only=True)
class Status:
    """The content of ``status.json``. Times are seconds since 1970; ``seconds`` is the training time."""

    state: str
    queued_at: float
    started_at: float | None = None
    ended_at: float | None = None
    heartbeat: float | None = None  # when the run was created, then by its trainer; None after it has released the run
    seconds: float = 0.0
    expected_seconds: float | None = None  # the estimate when the run was created
    deaths: int = 0  # workers that died while training it, since it was queued
    recording_seconds: float = 0.0  # the part of the training time spent writing files
    error: str | None = None
    diverged: bool = False  # it failed because the loss became NaN or infinite
    scores: dict[str, float] | None = None  # after the training: the fields of evaluation.scores.Scores

    @property
    def active(self) -> bool:
        """Whether the run is queued or in training."""
        return self.state in (QUEUED, RUNNING)

    @property
    def has_trainer(self) -> bool:
        """Whether a trainer holds the run, in training or paused."""
        return self.state in (RUNNING, PAUSED) and not self.suspended

    @property
    def suspended(self) -> bool:
        """Whether it was paused so long that its trainer saved the state and released the run."""
        return self.state == PAUSED and self.heartbeat is None


@dataclass(frozen=True, order=True)
class ResumePoint:
    """A saved training state: completed epochs, further completed batches, and the ``.keras`` file."""

    epochs: int
    steps: int
    path: Path

    @classmethod
    def of(cls, path: Path) -> "ResumePoint":
        """Parse a file name epoch-EPOCHS+STEPS.keras or epoch-EPOCHS.keras."""
        epochs, _, steps = path.stem.removeprefix("epoch-").partition("+")
        return cls(int(epochs), int(steps or 0), path)
