"""The output of the commands, and the error for invalid arguments."""

import argparse
import json
from typing import Any

from mnist_core.errors import LabError


class UsageError(LabError):
    """The arguments of a command are invalid or contradict each other."""


def print_report(arguments: argparse.Namespace, report: dict[str, Any], text: str) -> None:
    """Print ``report`` as one line of JSON with --json, otherwise ``text``."""
    print(json.dumps(report) if arguments.json else text, flush=True)
