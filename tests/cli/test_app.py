"""Tests of ``digit-lab`` alone: it starts the app. tests/test_wheel.py starts a real one."""

import runpy
import socket
import sys
from pathlib import Path

import pytest

from mnist_core import __version__, cli, installation, settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def command_of_streamlit(monkeypatch):
    """The command line with which Streamlit is run, instead of being run; empty before."""
    commands = []
    monkeypatch.setattr(runpy, "run_module", lambda *_, **__: commands.extend(sys.argv))
    for screen in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(screen, raising=False)
    return commands


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def run(monkeypatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["digit-lab", *map(str, arguments)])
    return cli.main()


def test_the_app_is_started_and_its_address_and_home_are_printed(
    home, monkeypatch, capsys, command_of_streamlit, free_port
):
    assert run(monkeypatch, "app", "--port", free_port, "--no-browser") == 0
    assert command_of_streamlit == ["streamlit", "run", str(ROOT / "app.py"), "--server.port", str(free_port)]
    printed = capsys.readouterr().out
    assert f"http://localhost:{free_port}" in printed
    assert str(home) in printed


@pytest.mark.usefixtures("home")
def test_no_command_is_the_app_at_its_usual_port(monkeypatch, command_of_streamlit):
    monkeypatch.setattr(cli.app, "_check_port", lambda port: None)  # another app may be at the usual port
    assert run(monkeypatch) == 0
    assert command_of_streamlit[-2:] == ["--server.port", "8501"]


@pytest.mark.usefixtures("home")
def test_a_port_in_use_or_none_prints_one_line_and_starts_nothing(monkeypatch, capsys, command_of_streamlit):
    with socket.create_server(("127.0.0.1", 0)) as other:
        for port in (other.getsockname()[1], 99_999):
            assert run(monkeypatch, "app", "--port", port) == 2
            message = capsys.readouterr().err
            assert str(port) in message
            assert message.count("\n") == 1
    assert command_of_streamlit == []


def test_the_version_is_printed(monkeypatch, capsys):
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, "--version")
    assert ended.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_a_checkout_keeps_its_lab_in_the_working_directory_and_an_installation_among_the_persons_data(
    monkeypatch, tmp_path
):
    monkeypatch.delenv("DIGIT_LAB_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    assert settings.home() == tmp_path / "lab"
    monkeypatch.setattr(settings, "INSTALLED", True)
    assert settings.home().name == "digit-lab"
    assert not settings.home().is_relative_to(tmp_path)
    monkeypatch.setenv("DIGIT_LAB_HOME", str(tmp_path / "mine"))
    assert settings.home() == tmp_path / "mine"


def test_the_app_of_a_checkout_lies_at_its_root():
    assert not installation.INSTALLED
    assert (installation.APP_FOLDER / "app.py").samefile(ROOT / "app.py")
