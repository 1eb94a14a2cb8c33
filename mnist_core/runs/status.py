"""The status of a run, and the saved training states that it can resume from."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter

State = Literal["queued", "running", "paused", "finished", "cancelled", "failed", "interrupted"]
QUEUED: Final = "queued"
RUNNING: Final = "running"
PAUSED: Final = "paused"
FINISHED: Final = "finished"
CANCELLED: Final = "cancelled"
FAILED: Final = "failed"
INTERRUPTED: Final = "interrupted"  # not by a trainer: what a running or paused run with an old heartbeat is shown as
HEARTBEAT_TIMEOUT_SECONDS = 10.0  # a trainer writes its heartbeat at least once a second


SCORES = ("test_loss", "test_accuracy", "correct", "incorrect")  # the fields of evaluation.scores.Scores


def _check_scores(scores: dict[str, int | float]) -> dict[str, int | float]:
    if not all(name in scores for name in SCORES):
        raise ValueError(f"scores need {', '.join(SCORES)}")
    return scores


Time = Annotated[float, Field(ge=0, le=253_402_300_799)]  # seconds since 1970, until the year 9999
Duration = Annotated[float, Field(ge=-1e10, le=1e10)]  # seconds; older versions wrote some just below 0


@dataclass(frozen=True, kw_only=True)
class Status:
    """The content of ``status.json``. ``seconds`` is the training time."""

    __pydantic_config__ = ConfigDict(allow_inf_nan=False)

    state: State
    queued_at: Time
    started_at: Time | None = None
    ended_at: Time | None = None
    heartbeat: Time | None = None  # when the run was created, then by its trainer; None after it has released the run
    seconds: Duration = 0.0
    expected_seconds: Duration | None = None  # the estimate when the run was created
    deaths: Annotated[int, Field(ge=0, le=1_000_000)] = 0  # workers that died while training it, since it was queued
    recording_seconds: Duration = 0.0  # the part of the training time spent writing files
    error: str | None = None
    diverged: bool = False  # it failed because the loss became NaN or infinite
    scores: Annotated[dict[str, int | float], AfterValidator(_check_scores)] | None = None  # after the training: SCORES

    @property
    def active(self) -> bool:
        """Whether the run is queued or in training."""
        return self.state in (QUEUED, RUNNING)

    @property
    def ended(self) -> bool:
        """Whether the run has finished, was cancelled or has failed."""
        return self.state in (FINISHED, CANCELLED, FAILED)

    @property
    def has_trainer(self) -> bool:
        """Whether a trainer holds the run, in training or paused."""
        return self.state in (RUNNING, PAUSED) and not self.suspended

    @property
    def suspended(self) -> bool:
        """Whether it was paused so long that its trainer saved the state and released the run."""
        return self.state == PAUSED and self.heartbeat is None

    def at(self, now: float) -> "Status":
        """This status at the time ``now``, seconds since 1970: INTERRUPTED if its trainer's last heartbeat is old."""
        if self.has_trainer and now - (self.heartbeat or 0) > HEARTBEAT_TIMEOUT_SECONDS:
            return replace(self, state=INTERRUPTED)
        return self


STATUS_JSON = TypeAdapter(Status)


RESUME_NAME = re.compile(r"epoch-(\d{1,7})(?:\+(\d{1,7}))?\.keras")


@dataclass(frozen=True, order=True)
class ResumePoint:
    """A saved training state: completed epochs, further completed batches, and the ``.keras`` file."""

    epochs: int
    steps: int
    path: Path

    @classmethod
    def of(cls, path: Path) -> "ResumePoint | None":
        """Parse a file name epoch-EPOCHS+STEPS.keras or epoch-EPOCHS.keras; None for another name."""
        match = RESUME_NAME.fullmatch(path.name)
        return cls(int(match[1]), int(match[2] or 0), path) if match else None
