"""The command line: ``digit-lab [app | train | evaluate | predict | runs | host | engine]``; alone it runs the app.

``python -m mnist_core`` is the same. Invalid input prints one line to standard error and exits with status 2.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from mnist_core import __version__
from mnist_core.cli.app import run_app
from mnist_core.cli.evaluate import evaluate
from mnist_core.cli.host import print_host_info, serve
from mnist_core.cli.predict import predict
from mnist_core.cli.runs import list_runs, move_damaged_runs
from mnist_core.cli.train import train
from mnist_core.errors import LabError
from mnist_core.recipes import RECIPES

SEED_HELP = (
    "of the initial weights, the order of the digits, dropout, distortions and synthetic drawings "
    "(default: the recipe's)"
)
INTERRUPTED = 130  # exit status after Ctrl-C, as shells have it: 128 + SIGINT


def main() -> int:
    """Run the command; returns the exit status: 2 for invalid input, INTERRUPTED after Ctrl-C."""
    arguments = _parser().parse_args(sys.argv[1:] or ["app"])
    try:
        arguments.command(arguments)
    except LabError as error:
        print(f"{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    name = "python -m mnist_core" if Path(sys.argv[0]).name == "__main__.py" else "digit-lab"
    parser = argparse.ArgumentParser(prog=name, description="Digit Lab's command line. Alone it runs the app.")
    parser.add_argument("--version", action="version", version=f"Digit Lab {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, function: Callable[[argparse.Namespace], None], help_: str, *, with_json: bool = True
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_, description=help_)
        added.set_defaults(command=function)
        if with_json:
            added.add_argument("--json", action="store_true", help="print JSON for programs to read")
        return added

    app = command("app", run_app, "Run the app, for this machine only, and open it in the browser.", with_json=False)
    app.add_argument("--port", type=int, default=8501, help="of the app (default: 8501)")
    app.add_argument("--no-browser", dest="browser", action="store_false", help="only print the address")
    app.set_defaults(network=False)

    run_help = "a run's id or name, or the path of a run folder, a .keras or an .h5 file (default: the app's)"

    training = command("train", train, "Train a network.")
    training.add_argument("--recipe", choices=sorted(RECIPES), help="what to train (default: book)")
    training.add_argument("--epochs", type=int, help="passes through the training digits (default: the recipe's)")
    training.add_argument("--seed", type=int, help=SEED_HELP)
    training.add_argument("--name", help="the run's name (default: the recipe's, and 'trained here')")
    training.add_argument("--from", dest="parent", metavar="RUN", help="go on from this run's network")
    training.add_argument("--ship", action="store_true", help="put a copy into mnist_core/pretrained/NAME")

    evaluating = command("evaluate", evaluate, "Score a network on MNIST's test set or on drawings.")
    evaluating.add_argument("run", nargs="?", metavar="RUN", help=run_help)
    on = evaluating.add_mutually_exclusive_group()
    on.add_argument("--drawings", type=Path, metavar="FILE.json", help="labelled drawings to score on")
    on.add_argument("--non-digits", action="store_true", help="letters, scribbles, shapes: how many it refuses")
    on.add_argument("--robustness", action="store_true", help="on digits that are changed; a run keeps the result")
    on.add_argument("--save", action="store_true", help="score on the test set and write the run's evaluation anew")

    predicting = command("predict", predict, "Read the digit in pictures.")
    predicting.add_argument("--run", metavar="RUN", help=run_help)
    predicting.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="pictures of any size")

    listing = command("runs", list_runs, "List the runs.")
    listing.add_argument(
        "--move-damaged",
        dest="command",
        action="store_const",
        const=move_damaged_runs,
        help="do not list: move the runs that cannot be read to the folder damaged/ of the lab's home",
    )
    hosting = command("host", print_host_info, "Print what the host of a workshop needs.", with_json=False)
    hosting.add_argument("--port", type=int, default=8501, help="of the app (default: 8501)")
    hosting.add_argument("--network", action="store_true", help="the app listens on all interfaces")
    engine = command("engine", serve, "Be the engine that trains and answers for the app.", with_json=False)
    engine.add_argument("--leave-when-idle", action="store_true", help="end when nobody needs it")
    return parser
