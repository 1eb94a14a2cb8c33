"""What the host has set for the room, as plain data: what is here needs no database."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RoomRound:
    """All draw ``digit`` at once; what the network reads stays hidden until the host has it ``revealed``."""

    id: str
    digit: int
    revealed: bool


@dataclass(frozen=True, kw_only=True)
class RoomState:
    """What holds for everyone. ``pinned``: the id of the run that all use who chose no other."""

    pinned: str | None = None
    paused: bool = False  # nobody draws, nothing is saved
    round: RoomRound | None = None
