"""Tests of the host's password: its check, and the delay after wrong attempts."""

import pytest

from mnist_core.host.auth import (
    FILE,
    FREE_ATTEMPTS,
    MAX_WAIT_SECONDS,
    HostAuthenticator,
    HostError,
    HostToken,
    host_password,
)
from mnist_core.settings import HOST_PASSWORD


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def guess(authenticator: HostAuthenticator, times: int) -> None:
    for _ in range(times):
        with pytest.raises(HostError, match="not the host's password"):
            authenticator.authenticate("wrong")


def test_the_right_password_gives_a_token_that_passes_the_check():
    authenticator = HostAuthenticator("pässword")
    authenticator.check(authenticator.authenticate("pässword"))


@pytest.mark.parametrize("host", [None, HostToken(b""), HostToken(b"pw"), HostAuthenticator("pw").authenticate("pw")])
def test_a_missing_or_forged_token_raises_host_error(host):
    with pytest.raises(HostError, match="Only the host"):
        HostAuthenticator("pw").check(host)


@pytest.mark.parametrize("password", ["", "PW", "pw ", "\ud800"])
def test_a_wrong_password_raises_host_error(password):
    with pytest.raises(HostError, match="not the host's password"):
        HostAuthenticator("pw").authenticate(password)


def test_after_several_wrong_passwords_the_right_one_has_to_wait_for_a_limited_time():
    clock = Clock()
    authenticator = HostAuthenticator("pw", clock)
    for _ in range(FREE_ATTEMPTS + 20):
        guess(authenticator, 1)
        clock.now += MAX_WAIT_SECONDS
    guess(authenticator, 1)
    with pytest.raises(HostError, match="Try again in 30 seconds"):
        authenticator.authenticate("pw")
    clock.now += MAX_WAIT_SECONDS
    authenticator.authenticate("pw")
    guess(authenticator, FREE_ATTEMPTS)


def test_a_home_gets_one_password_in_a_file_that_only_its_owner_can_read(home, monkeypatch):
    monkeypatch.delenv(HOST_PASSWORD, raising=False)
    assert host_password(home) == host_password(home)
    assert (home / FILE).stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv(HOST_PASSWORD, "chosen")
    assert host_password(home) == "chosen"


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_a_password_file_without_a_password_raises_host_error(content, home, monkeypatch):
    monkeypatch.delenv(HOST_PASSWORD, raising=False)
    (home / FILE).write_bytes(content)
    with pytest.raises(HostError, match="holds no password"):
        host_password(home)
