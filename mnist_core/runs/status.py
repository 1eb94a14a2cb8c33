"""How a run stands, and the saved states that it can go on from."""

from dataclasses import dataclass
from pathlib import Path

QUEUED, RUNNING, PAUSED = "queued", "running", "paused"
FINISHED, CANCELLED, FAILED = "finished", "cancelled", "failed"
INTERRUPTED = "interrupted"  # never written: a running or paused one whose heartbeat is stale


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a run stands. Times are seconds since 1970, ``seconds`` is the time spent training."""

    state: str
    queued_at: float
    started_at: float | None = None
    ended_at: float | None = None
    heartbeat: float | None = None  # None while no trainer has the run
    seconds: float = 0.0
    expected_seconds: float | None = None  # what it was thought to take, when it was asked for
    deaths: int = 0  # of workers that trained it, since somebody put it in line
    recording_seconds: float = 0.0  # of its training, spent writing its files
    error: str | None = None
    diverged: bool = False  # it failed because the loss was no longer a number
    scores: dict[str, float] | None = None  # of a run that ended: those of evaluation.Scores

    @property
    def active(self) -> bool:
        """Whether something will still happen without anybody asking."""
        return self.state in (QUEUED, RUNNING)

    @property
    def has_trainer(self) -> bool:
        """Whether somebody trains it, or holds it while it is paused."""
        return self.state in (RUNNING, PAUSED) and not self.suspended

    @property
    def suspended(self) -> bool:
        """Whether it was paused so long that its trainer has left; what it has learned is saved."""
        return self.state == PAUSED and self.heartbeat is None


@dataclass(frozen=True, order=True)
class ResumePoint:
    """A full state to go on from: whole epochs and further batches behind it, and its .keras file."""

    epochs: int
    steps: int
    path: Path

    @classmethod
    def of(cls, path: Path) -> "ResumePoint":
        """The point that a file called epoch-EPOCHS+STEPS.keras (or epoch-EPOCHS.keras) holds."""
        epochs, _, steps = path.stem.removeprefix("epoch-").partition("+")
        return cls(int(epochs), int(steps or 0), path)
