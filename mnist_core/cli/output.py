"""What every command prints, and the error for arguments that do not fit together."""

import argparse
import json
from typing import Any

from mnist_core.errors import LabError


class UsageError(LabError):
    """The arguments of a command do not fit together."""


def print_report(arguments: argparse.Namespace, report: dict[str, Any], text: str) -> None:
    """Print ``report`` as one line of JSON with --json, else ``text``."""
    print(json.dumps(report) if arguments.json else text, flush=True)
