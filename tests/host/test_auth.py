"""Only the password opens the host's desk, and guessing it is slow."""

import pytest

from mnist_core.host.auth import (
    FILE,
    FREE_TRIES,
    LONGEST_WAIT,
    HostAuthenticator,
    HostError,
    HostToken,
    host_password,
)
from mnist_core.settings import HOST_PASSWORD


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def guess(authenticator: HostAuthenticator, times: int) -> None:
    for _ in range(times):
        with pytest.raises(HostError, match="not the host's password"):
            authenticator.authenticate("wrong")


def test_the_right_password_gives_a_right_that_the_door_believes():
    authenticator = HostAuthenticator("pässword")
    authenticator.check(authenticator.authenticate("pässword"))


@pytest.mark.parametrize("host", [None, HostToken(b""), HostToken(b"pw"), HostAuthenticator("pw").authenticate("pw")])
def test_nothing_else_is_believed(host):
    with pytest.raises(HostError, match="Only the host"):
        HostAuthenticator("pw").check(host)


@pytest.mark.parametrize("password", ["", "PW", "pw ", "\ud800"])
def test_a_wrong_password_is_refused(password):
    with pytest.raises(HostError, match="not the host's password"):
        HostAuthenticator("pw").authenticate(password)


def test_after_some_wrong_tries_even_the_right_one_has_to_wait_for_a_bounded_time():
    clock = Clock()
    authenticator = HostAuthenticator("pw", clock)
    for _ in range(FREE_TRIES + 20):
        guess(authenticator, 1)
        clock.now += LONGEST_WAIT
    guess(authenticator, 1)
    with pytest.raises(HostError, match="Try again in 30 seconds"):
        authenticator.authenticate("pw")
    clock.now += LONGEST_WAIT
    authenticator.authenticate("pw")
    guess(authenticator, FREE_TRIES)


def test_a_password_is_made_once_for_a_home_and_only_its_owner_reads_it(home, monkeypatch):
    monkeypatch.delenv(HOST_PASSWORD, raising=False)
    assert host_password(home) == host_password(home)
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv(HOST_PASSWORD, "chosen")
    assert host_password(home) == "chosen"


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_password_opens_nothing(content, home, monkeypatch):
    monkeypatch.delenv(HOST_PASSWORD, raising=False)
    (home / FILE).write_bytes(content)
    with pytest.raises(HostError, match="holds no password"):
        host_password(home)
