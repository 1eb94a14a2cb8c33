"""``digit-lab``, alone or with ``app``: run the app and open it in the browser."""

import argparse
import os
import runpy
import socket
import sys
import threading
import time
import webbrowser
from contextlib import suppress

from mnist_core import settings
from mnist_core.cli.host import print_host_info
from mnist_core.cli.output import UsageError
from mnist_core.installation import APP_FOLDER

SCREENS = {"DISPLAY", "WAYLAND_DISPLAY", "BROWSER"}  # without one of them, Linux has at most a browser for the terminal
POLL_SECONDS = 0.1


def run_app(arguments: argparse.Namespace) -> None:
    """Print where the app is and where it keeps its files, and be its web server until Ctrl-C."""
    _check_port(arguments.port)
    print_host_info(arguments)
    print(f"What it keeps: {settings.home()}")
    print("Ctrl-C stops it.", flush=True)
    if arguments.browser and (sys.platform in ("win32", "darwin") or SCREENS & os.environ.keys()):
        threading.Thread(target=_open_browser, args=[arguments.port], daemon=True).start()
    sys.argv = ["streamlit", "run", str(APP_FOLDER / "app.py"), "--server.port", str(arguments.port)]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _check_port(port: int) -> None:
    """Raise UsageError unless an app can listen at ``port``."""
    if port not in range(1, 65_536):
        raise UsageError(f"A port is a number from 1 to 65535, not {port}.")
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise UsageError(
            f"Port {port}: {error.strerror}. Stop what uses it, or take another: app --port 8600"
        ) from error


def _open_browser(port: int) -> None:
    """Wait until the app listens, and open it; Streamlit itself does so only for apps without a lifespan."""
    while True:
        with suppress(OSError), socket.create_connection(("localhost", port)):
            break
        time.sleep(POLL_SECONDS)
    webbrowser.open(f"http://localhost:{port}")
