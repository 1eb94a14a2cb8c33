"""The host's desk: all that only a host may do. Nothing here begins before the door has believed the host."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import uuid4

from sqlalchemy import delete

from mnist_core.config import RunConfig
from mnist_core.engine import queue
from mnist_core.errors import LabError
from mnist_core.host import backup
from mnist_core.host.auth import HostAuthenticator, HostError, HostToken
from mnist_core.host.backup import Step
from mnist_core.host.preflight import Check, Preflight
from mnist_core.room.database import Database
from mnist_core.room.drawings import Drawings, StoredDrawing
from mnist_core.room.people import StoredNickname
from mnist_core.room.presence import StoredPresence
from mnist_core.room.settings import Settings
from mnist_core.room.votes import StoredVote, Votes
from mnist_core.runs import store

if TYPE_CHECKING:
    from mnist_core.engine.client import Engine

LEFT_BY_PEOPLE = (StoredDrawing, StoredNickname, StoredPresence, StoredVote)
RESET = "reset the room"  # what a host types to have it done


class HostActions:
    """What the host does, for all sessions of a process.

    Every method takes the host's right first and raises HostError without it; besides, RoomError, RunError and
    BundleError as what it uses does.
    """

    def __init__(self, authenticator: HostAuthenticator, home: Path, database: Database, settings: Settings) -> None:
        self._authenticator = authenticator
        self._home = home
        self._database = database
        self._settings = settings
        self._drawings = Drawings(database)
        self._votes = Votes(database)

    def pin(self, token: HostToken | None, run_id: str | None) -> None:
        """Have everyone use this run; None gives everyone the app's default again."""
        self._authenticator.check(token)
        run = None if run_id is None else store.find(run_id, self._home)
        if run and not run.has_model:
            raise HostError("This run has no trained network yet.")
        self._settings.change(pinned=run and run.id)

    def pause(self, token: HostToken | None, *, paused: bool) -> None:
        """Let nobody draw, or let all go on."""
        self._authenticator.check(token)
        self._settings.change(paused=paused)

    def start_round(self, token: HostToken | None, digit: int) -> None:
        """Ask all for ``digit``, 0 to 9; what was drawn in the round before is shown to all if it was not yet."""
        self._authenticator.check(token)
        if digit not in range(10):
            raise HostError(f"A round asks for a digit from 0 to 9, got {digit!r}.")
        self._settings.change(round=uuid4().hex, digit=digit, revealed=False, paused=False)

    def reveal(self, token: HostToken | None) -> None:
        """Show all what the network read in the round; it takes no more drawings."""
        self._authenticator.check(token)
        self._settings.change(revealed=True)

    def end_round(self, token: HostToken | None) -> None:
        """Let all draw what they like again; the round's drawings are the room's now."""
        self._authenticator.check(token)
        self._settings.change(round=None, digit=None, revealed=False)

    def hide(self, token: HostToken | None, drawing_id: str, *, hidden: bool = True) -> None:
        """Take a drawing out of the room's sight, or bring it back."""
        self._authenticator.check(token)
        self._drawings.hide(drawing_id, hidden=hidden)

    def hidden(self, token: HostToken | None) -> list[StoredDrawing]:
        """The drawings that are hidden, newest first."""
        self._authenticator.check(token)
        return self._drawings.hidden()

    def cancel(self, token: HostToken | None, run_id: str) -> None:
        """Take a run out of the line, or have its trainer stop and keep what was learned."""
        self._authenticator.check(token)
        store.find(run_id, self._home).cancel()

    def put_first(self, token: HostToken | None, run_id: str) -> None:
        """Have a waiting run be trained next."""
        self._authenticator.check(token)
        queue.put_first(store.find(run_id, self._home), self._home)

    def train_for_all(self, token: HostToken | None, engine: "Engine", config: RunConfig) -> None:
        """Train this before all others, and show it to everyone. Raises as ``Engine.train`` does."""
        self._authenticator.check(token)
        run = engine.train(config)
        queue.put_first(run, self._home)
        self._settings.change(watched=run.id)

    def show(self, token: HostToken | None, run_id: str | None) -> None:
        """Show this training to everyone, on the board too; None shows none."""
        self._authenticator.check(token)
        self._settings.change(watched=None if run_id is None else store.find(run_id, self._home).id)

    def preflight(self, token: HostToken | None, engine: "Engine", *, canvas: str) -> Iterator[Check]:
        """Whether all that a workshop needs works here, check by check; a network is trained for it, and deleted.

        ``canvas``: the address of the canvas' script, as browsers fetch it.
        """
        self._authenticator.check(token)
        return Preflight(self._home, self._settings, engine, canvas).checks()

    def export(self, token: HostToken | None) -> Path:
        """All of the room as one zip: its drawings but for the hidden ones, its trained networks, and its votes."""
        self._authenticator.check(token)
        return backup.write(self._home, self._drawings, self._votes, store.list_runs(self._home))

    def exports(self, token: HostToken | None) -> list[Path]:
        """The zips that are kept, the newest first; one that was put into their folder is among them."""
        self._authenticator.check(token)
        return backup.kept(self._home)

    def take_in(
        self, token: HostToken | None, source: Path | BinaryIO, engine: "Engine", *, person: str
    ) -> Iterator[Step]:
        """Take in the zip of a room; its networks are scored anew and become runs of ``person``."""
        self._authenticator.check(token)
        runs = store.list_runs(self._home)
        return backup.take_in(
            source, self._drawings, self._votes, runs, lambda content: engine.import_run(content, person)
        )

    def reset(self, token: HostToken | None, typed: str, *, networks: bool) -> Path:
        """Delete all that people left in the room, with ``networks`` also what was trained and imported here.

        ``typed`` must be RESET. Returns where the export lies that was made before, and is kept.
        """
        self._authenticator.check(token)
        if typed.strip().casefold() != RESET:
            raise HostError(f"Nothing was deleted: to reset the room, type “{RESET}”.")
        runs = [run for run in store.list_runs(self._home) if not run.shipped]
        if networks and any(run.status.has_trainer for run in runs):
            raise HostError("Nothing was deleted: a network is being trained. Cancel it first, under Trainings.")
        # From here on nobody adds anything that the export would lack; what a round has hidden is in it.
        self._settings.change(round=None, paused=True)
        try:
            path = backup.write(self._home, self._drawings, self._votes, runs)
        except LabError:
            self._settings.change(paused=False)
            raise
        with self._database.writing() as session:
            for table in LEFT_BY_PEOPLE:
                session.execute(delete(table))
        self._settings.change(pinned=None, watched=None, round=None, digit=None, revealed=False, paused=False)
        for run in runs if networks else ():
            run.delete()
        return path
