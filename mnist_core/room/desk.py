"""The host's desk: all that only a host may do. Nothing here begins before the door has believed the host."""

from pathlib import Path
from uuid import uuid4

from mnist_core.room.drawings import Drawings, StoredDrawing
from mnist_core.room.host import Door, Host, HostError
from mnist_core.room.settings import Settings
from mnist_core.runs import queue, store


class Desk:
    """What the host does, for all sessions of a process.

    Every method takes the host's right first and raises HostError without it; besides, RoomError and RunError as the
    room's database and the runs do.
    """

    def __init__(self, door: Door, home: Path, settings: Settings, drawings: Drawings) -> None:
        self._door = door
        self._home = home
        self._settings = settings
        self._drawings = drawings

    def pin(self, host: Host | None, run_id: str | None) -> None:
        """Have everyone use this run; None gives everyone the app's default again."""
        self._door.require(host)
        if run_id is not None and not store.find(run_id, self._home).has_model:
            raise HostError("This run has no trained network yet.")
        self._settings.change(pinned=run_id)

    def pause(self, host: Host | None, *, paused: bool) -> None:
        """Let nobody draw, or let all go on."""
        self._door.require(host)
        self._settings.change(paused=paused)

    def start_round(self, host: Host | None, digit: int) -> None:
        """Ask all for ``digit``, 0 to 9; what was drawn in the round before is shown to all if it was not yet."""
        self._door.require(host)
        if digit not in range(10):
            raise HostError(f"A round asks for a digit from 0 to 9, got {digit!r}.")
        self._settings.change(round=uuid4().hex, digit=digit, revealed=False, paused=False)

    def reveal(self, host: Host | None) -> None:
        """Show all what the network read in the round; it takes no more drawings."""
        self._door.require(host)
        self._settings.change(revealed=True)

    def end_round(self, host: Host | None) -> None:
        """Let all draw what they like again; the round's drawings are the room's now."""
        self._door.require(host)
        self._settings.change(round=None, digit=None, revealed=False)

    def hide(self, host: Host | None, drawing_id: str, *, hidden: bool = True) -> None:
        """Take a drawing out of the room's sight, or bring it back."""
        self._door.require(host)
        self._drawings.hide(drawing_id, hidden=hidden)

    def hidden(self, host: Host | None) -> list[StoredDrawing]:
        """The drawings that are hidden, newest first."""
        self._door.require(host)
        return self._drawings.hidden()

    def cancel(self, host: Host | None, run_id: str) -> None:
        """Take a run out of the line, or have its trainer stop and keep what was learned."""
        self._door.require(host)
        store.find(run_id, self._home).cancel()

    def put_first(self, host: Host | None, run_id: str) -> None:
        """Have a waiting run be trained next."""
        self._door.require(host)
        queue.put_first(store.find(run_id, self._home), self._home)
