"""The host's right: a password gives it, and everything that only a host may do asks for it."""

import hmac
import math
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mnist_core import settings
from mnist_core.errors import LabError

FILE = "host-password"  # in the home folder, so that all processes of a home agree
FREE_TRIES = 5  # wrong tries in a row before anybody has to wait
LONGEST_WAIT = 30.0  # seconds: strangers who keep guessing must not shut the host out for good


class HostError(LabError):
    """Something that only the host may do, or a password that does not open the desk."""


@dataclass(frozen=True)
class HostToken:
    """The right to run the room. ``Door.authenticate`` returns one that its door believes; kept on the server only."""

    proof: bytes = field(repr=False)


class HostAuthenticator:
    """Compares passwords for all sessions of a process. No call sleeps: tries that come too early are refused."""

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = password.encode()
        self._proof = secrets.token_bytes(32)
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong = 0
        self._opens_at = clock()

    def authenticate(self, password: str) -> HostToken:
        """The host's right, for the right password; each wrong try after ``FREE_TRIES`` doubles everybody's wait."""
        with self._lock:
            wait = self._opens_at - self._clock()
            if wait > 0:
                raise HostError(f"Too many wrong passwords. Try again in {math.ceil(wait)} seconds.")
            if not hmac.compare_digest(password.encode(errors="surrogatepass"), self._password):
                self._wrong += 1
                if self._wrong >= FREE_TRIES:
                    doublings = min(self._wrong - FREE_TRIES, 10)
                    self._opens_at = self._clock() + min(2.0**doublings, LONGEST_WAIT)
                raise HostError("That is not the host's password. It was printed where Digit Lab was started.")
            self._wrong = 0
        return HostToken(self._proof)

    def check(self, host: HostToken | None) -> None:
        """Raise unless ``host`` came through this door."""
        if not isinstance(host, HostToken) or not hmac.compare_digest(host.proof, self._proof):
            raise HostError("Only the host can do this. Enter the host's password on the page Workshop.")


def host_password(home: Path) -> str:
    """What ``$DIGIT_LAB_HOST_PASSWORD`` says, else one made once for ``home`` and readable by its owner only."""
    if given := settings.host_password():
        return given
    path = home / FILE
    try:
        if not path.exists():
            _make(path)
        password = path.read_text(encoding="utf-8", errors="ignore").strip()
    except OSError as error:
        raise HostError(
            f"The host's password in {path} cannot be used: {error.strerror}. Set {settings.HOST_PASSWORD}."
        ) from error
    if not password:
        raise HostError(f"{path} holds no password. Delete it, and a new password is made.")
    return password


def _make(path: Path) -> None:
    """Write a new password, complete at once; the first of several processes wins."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(9))
        os.link(name, path)
    except FileExistsError:
        pass  # another process was first
    finally:
        os.unlink(name)
