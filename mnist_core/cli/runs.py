"""``digit-lab runs``: list the runs, or move the damaged ones away."""

import argparse
import sys

from mnist_core.cli.output import print_report
from mnist_core.errors import RunError
from mnist_core.runs import scan, store


def list_runs(arguments: argparse.Namespace) -> None:
    """Print a line for each run, shipped ones and older ones first, and to standard error what cannot be read."""
    home = store.prepare_home()
    scanned = scan.scan(home)
    for listed in scanned.runs:
        run, status, config = listed.run, listed.status, listed.config
        try:
            epochs = len(run.read_epochs()["epoch"])
        except RunError as error:
            print(error, file=sys.stderr)
            epochs = 0
        accuracy = status.scores["test_accuracy"] if status.scores else None
        report = {
            "run": run.id,
            "name": config.name,
            "state": status.state,
            "recipe": config.recipe,
            "epochs": epochs,
            "parameters": config.model.parameters,
            "test_accuracy": accuracy,
        }
        accuracy_text = "" if accuracy is None else f"{accuracy:.4f}"
        print_report(arguments, report, f"{run.id:24}  {config.name:20}  {status.state:12}  {accuracy_text}".rstrip())
    for unreadable in scanned.unreadable:
        print(unreadable.reason, file=sys.stderr)


def move_damaged_runs(arguments: argparse.Namespace) -> None:
    """Move the runs that cannot be read away, and print one line for each with its new path."""
    for path in store.move_damaged(store.prepare_home()):
        print_report(arguments, {"path": str(path)}, str(path))
