"""Authentication of the host: the password, and the token that host actions require."""

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

FILE = "host-password"  # in the home folder, shared by all its processes
FREE_ATTEMPTS = 5  # wrong passwords in a row before everyone has to wait
MAX_WAIT_SECONDS = 30.0  # short, so that repeated guessing does not lock the host out


class HostError(LabError):
    """The action requires the host, the password is wrong, or the action is invalid."""


@dataclass(frozen=True)
class HostToken:
    """Proof of the host's permission, from ``HostAuthenticator.authenticate``; stored on the server only."""

    proof: bytes = field(repr=False)


class HostAuthenticator:
    """Checks passwords for all sessions of a process. It never sleeps: an attempt during the wait is rejected."""

    def __init__(self, password: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = password.encode()
        self._proof = secrets.token_bytes(32)
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._locked_until = clock()

    def authenticate(self, password: str) -> HostToken:
        """Return a token for the right password; after FREE_ATTEMPTS each wrong one doubles the wait for everyone."""
        with self._lock:
            wait = self._locked_until - self._clock()
            if wait > 0:
                raise HostError(f"Too many wrong passwords. Try again in {math.ceil(wait)} seconds.")
            if not hmac.compare_digest(password.encode(errors="surrogatepass"), self._password):
                self._failures += 1
                if self._failures >= FREE_ATTEMPTS:
                    doublings = min(self._failures - FREE_ATTEMPTS, 10)
                    self._locked_until = self._clock() + min(2.0**doublings, MAX_WAIT_SECONDS)
                raise HostError("That is not the host's password. It was printed where Digit Lab was started.")
            self._failures = 0
        return HostToken(self._proof)

    def check(self, token: HostToken | None) -> None:
        """Raise HostError unless this authenticator issued ``token``."""
        if not isinstance(token, HostToken) or not hmac.compare_digest(token.proof, self._proof):
            raise HostError("Only the host can do this. Enter the host's password on the page Workshop.")


def host_password(home: Path) -> str:
    """The password in ``$DIGIT_LAB_HOST_PASSWORD``, else one generated once in ``home``, in a file of mode 0600."""
    if configured := settings.host_password():
        return configured
    path = home / FILE
    try:
        if not path.exists():
            _create_password_file(path)
        password = path.read_text(encoding="utf-8", errors="ignore").strip()
    except OSError as error:
        raise HostError(
            f"The host's password in {path} cannot be used: {error.strerror}. Set {settings.HOST_PASSWORD}."
        ) from error
    if not password:
        raise HostError(f"{path} holds no password. Delete it, and a new password is made.")
    return password


def _create_password_file(path: Path) -> None:
    """Write a new password atomically; the first of several processes wins."""
    descriptor, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(9))
        os.link(name, path)
    except FileExistsError:
        pass  # another process was first
    finally:
        os.unlink(name)
