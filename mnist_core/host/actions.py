"""The actions that only the host may do."""

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
from mnist_core.host.backup import ImportProgress
from mnist_core.host.preflight import Check, Preflight
from mnist_core.room.database import Database
from mnist_core.room.drawings import Drawings, StoredDrawing
from mnist_core.room.people import StoredNickname
from mnist_core.room.presence import StoredPresence
from mnist_core.room.settings import Settings
from mnist_core.room.votes import StoredVote, Votes
from mnist_core.runs import scan, store

if TYPE_CHECKING:
    from mnist_core.engine.client import EngineClient

PERSONAL_TABLES = (StoredDrawing, StoredNickname, StoredPresence, StoredVote)
RESET_PHRASE = "reset the room"  # the host types it to confirm


class HostActions:
    """The host's actions in one room; only who has the token that ``authenticator`` issued gets this object.

    Raises HostError without a valid token; a method raises HostError, RoomError, RunError or BundleError when its
    operation fails.
    """

    def __init__(
        self,
        token: HostToken | None,
        authenticator: HostAuthenticator,
        home: Path,
        database: Database,
        settings: Settings,
    ) -> None:
        authenticator.check(token)
        self._home = home
        self._database = database
        self._settings = settings
        self._drawings = Drawings(database)
        self._votes = Votes(database)

    def pin(self, run_id: str | None) -> None:
        """Make this run everyone's default; None restores the app's default."""
        run = None if run_id is None else store.find(run_id, self._home)
        if run and not run.has_model():
            raise HostError("This run has no trained network yet.")
        self._settings.change(pinned=run and run.id)

    def pause(self, *, paused: bool) -> None:
        """Pause or resume drawing for everyone."""
        self._settings.change(paused=paused)

    def start_round(self, digit: int) -> None:
        """Start a group round for ``digit``, 0 to 9; this makes the drawings of the previous round visible."""
        if digit not in range(10):
            raise HostError(f"A round asks for a digit from 0 to 9, got {digit!r}.")
        self._settings.change(round=uuid4().hex, digit=digit, revealed=False, paused=False)

    def reveal(self) -> None:
        """Reveal the round's predictions to everyone, and accept no more drawings in it."""
        self._settings.change(revealed=True)

    def end_round(self) -> None:
        """End the round; its drawings remain in the room."""
        self._settings.change(round=None, digit=None, revealed=False)

    def hide(self, drawing_id: str, *, hidden: bool = True) -> None:
        """Hide a drawing from the room, or show it again."""
        self._drawings.hide(drawing_id, hidden=hidden)

    def hidden(self) -> list[StoredDrawing]:
        """The hidden drawings, newest first."""
        return self._drawings.hidden()

    def cancel(self, run_id: str) -> None:
        """Remove a run from the queue, or stop its training and keep the network."""
        store.find(run_id, self._home).cancel()

    def put_first(self, run_id: str) -> None:
        """Move a queued run to the front of the queue."""
        queue.put_first(store.find(run_id, self._home), self._home)

    def move_damaged(self) -> list[Path]:
        """Move the runs that cannot be read to the folder of damaged runs, and return their new paths."""
        return store.move_damaged(self._home)

    def train_for_all(self, engine: "EngineClient", config: RunConfig) -> None:
        """Train a run before all others, and show it to everyone. Raises the errors of ``EngineClient.train``."""
        run = engine.train(config)
        queue.put_first(run, self._home)
        self._settings.change(watched=run.id)

    def show(self, run_id: str | None) -> None:
        """Show this training to everyone and on the board; None hides it."""
        self._settings.change(watched=None if run_id is None else store.find(run_id, self._home).id)

    def preflight(self, engine: "EngineClient", *, canvas: str) -> Iterator[Check]:
        """Run the preflight checks one by one; a network is trained for one of them, and then deleted.

        ``canvas``: the URL of the canvas' script, as browsers request it.
        """
        return Preflight(self._home, self._settings, engine, canvas).checks()

    def export(self) -> Path:
        """Write a zip of the room, without hidden drawings: its drawings, trained networks and votes."""
        return backup.write(
            self._home, self._drawings, self._votes, [listed.run for listed in scan.scan(self._home).own]
        )

    def exports(self) -> list[Path]:
        """All zip files in the folder of exports, newest first."""
        return backup.list_bundles(self._home)

    def import_bundle(
        self, source: Path | BinaryIO, engine: "EngineClient", *, person: str
    ) -> Iterator[ImportProgress]:
        """Import a room's zip; its networks are evaluated again and become runs of ``person``."""
        runs = [listed.run for listed in scan.scan(self._home).own]
        return backup.import_bundle(
            source, self._drawings, self._votes, runs, lambda content: engine.import_run(content, person)
        )

    def reset(self, phrase: str, *, networks: bool) -> Path:
        """Delete all personal data in the room, and with ``networks`` all trained and imported runs.

        ``phrase`` must be RESET_PHRASE. Returns the path of the export that is written before.
        """
        if phrase.strip().casefold() != RESET_PHRASE:
            raise HostError(f"Nothing was deleted: to reset the room, type “{RESET_PHRASE}”.")
        listed_runs = scan.scan(self._home).own
        if networks and any(listed.status.has_trainer for listed in listed_runs):
            raise HostError("Nothing was deleted: a network is being trained. Cancel it first, under Trainings.")
        # Pause, so that nothing is added after the export; end the round, so that the export contains its drawings.
        self._settings.change(round=None, paused=True)
        try:
            path = backup.write(self._home, self._drawings, self._votes, [listed.run for listed in listed_runs])
        except LabError:
            self._settings.change(paused=False)
            raise
        with self._database.writing() as session:
            for table in PERSONAL_TABLES:
                session.execute(delete(table))
        self._settings.change(pinned=None, watched=None, round=None, digit=None, revealed=False, paused=False)
        for listed in listed_runs if networks else ():
            listed.run.delete()
        return path
