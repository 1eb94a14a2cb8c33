"""``python -m mnist_core runs``: list the runs."""

import argparse
import sys

from mnist_core.cli.output import print_report
from mnist_core.runs import store
from mnist_core.runs.run import RunError


def list_runs(arguments: argparse.Namespace) -> None:
    """Print one line for each run, oldest first, and errors of unreadable folders to standard error."""
    home = store.prepare_home()
    scan = store.scan(home)
    for listed in scan.runs:
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
    for unreadable in scan.unreadable:
        print(unreadable.reason, file=sys.stderr)
