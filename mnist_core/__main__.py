"""The command line: ``python -m mnist_core train | evaluate | predict | runs | host | engine``.

Wrong input ends with one clear line on standard error and exit status 2.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mnist_core.config import RECIPES, RunConfig, TrainingConfig
from mnist_core.digits import drawing, exchange, mnist, non_digits, photo
from mnist_core.digits.perturbations import PERTURBATIONS, Perturbation
from mnist_core.engine.protocol import Reading
from mnist_core.errors import LabError
from mnist_core.room.addresses import addresses
from mnist_core.room.everyone import everyones_run
from mnist_core.room.host import SETTING, host_password
from mnist_core.room.state import RoomState, has_room
from mnist_core.runs import store
from mnist_core.runs.evaluation import scores
from mnist_core.runs.robustness import Curve
from mnist_core.runs.run import FAILED, FINISHED, RUNNING, Run

if TYPE_CHECKING:
    from mnist_core.engine.classifier import Loaded

NON_DIGITS, NON_DIGITS_SEED = 1000, 1


class UsageError(LabError):
    """The command's words do not fit together."""


@dataclass(frozen=True)
class Model:
    """What RUN stands for: a name and a model file, which anybody may have made when it is ``foreign``."""

    name: str
    path: Path
    foreign: bool = False

    def read(self, digits: np.ndarray) -> Reading:
        """What the network makes of ``digits``, uint8 (N, 28, 28). Raises ModelError when the file is unusable."""
        return self.load().read(digits)

    def load(self) -> "Loaded":
        """The network, ready to answer. Raises ModelError when the file is unusable."""
        from mnist_core.engine.classifier import Loaded

        return Loaded(self.path, foreign=self.foreign)


def main() -> int:
    """Run the command; returns the exit status, 2 for wrong input."""
    arguments = _parser().parse_args()
    try:
        arguments.command(arguments)
    except LabError as error:
        print(f"{error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mnist_core", description="Digit Lab's command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: Callable, help_: str, *, with_json: bool = True) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help_, description=help_)
        added.set_defaults(command=function)
        if with_json:
            added.add_argument("--json", action="store_true", help="print JSON for programs to read")
        return added

    run_help = "a run's id or name, or the path of a run folder, a .keras or an .h5 file (default: the app's)"

    training = command("train", train, "Train a network.")
    training.add_argument("--recipe", choices=sorted(RECIPES), help="what to train (default: book)")
    training.add_argument("--epochs", type=int, help="passes through the training digits (default: the recipe's)")
    training.add_argument("--seed", type=int, help="of weights, order and dropout (default: the recipe's)")
    training.add_argument("--name", help="the run's name (default: the recipe's)")
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
    predicting.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="PNG or JPEG, of any size")

    command("runs", list_runs, "List the runs.")
    hosting = command("host", tell_host, "Print what the host of a workshop needs.", with_json=False)
    hosting.add_argument("--port", type=int, default=8501, help="of the app (default: 8501)")
    hosting.add_argument("--network", action="store_true", help="the app listens on all interfaces")
    engine = command("engine", serve, "Be the engine that trains and answers for the app.", with_json=False)
    engine.add_argument("--leave-when-idle", action="store_true", help="end when nobody needs it")
    return parser


def train(arguments: argparse.Namespace) -> None:
    """Train a run in this process and report it. Ctrl-C ends it early and keeps what was learned."""
    home = store.home()
    mnist.load()  # complains before Keras is loaded
    run = store.create(_config(arguments, home), home, state=RUNNING)
    signal.signal(signal.SIGINT, lambda *_: run.cancel())
    _train_with_progress(run, quiet=arguments.json)
    status = run.status
    if status.state == FAILED:
        raise UsageError(f"The training failed: {status.error}")
    if arguments.ship:
        store.ship(run)
    report = {
        "run": run.id,
        "path": str(run.path),
        "epochs": len(run.epochs["epoch"]),
        "seconds": round(status.seconds, 2),
        "parameters": run.config.model.parameters,
        "test_loss": status.scores["test_loss"],
        "test_accuracy": status.scores["test_accuracy"],
    }
    ending = "" if status.state == FINISHED else " (ended early)"
    _tell(
        arguments,
        report,
        f"{run.config.name}{ending}: {report['epochs']} epochs in {status.seconds:.1f} s, "
        f"test accuracy {report['test_accuracy']:.4f}, loss {report['test_loss']:.4f}\n{run.path}",
    )


def _config(arguments: argparse.Namespace, home: Path) -> RunConfig:
    given = {key: value for key in ("epochs", "seed") if (value := getattr(arguments, key)) is not None}
    if arguments.parent:
        if arguments.recipe:
            raise UsageError("Give --recipe or --from, not both: a run that goes on keeps its recipe.")
        parent = store.find(arguments.parent, home)
        return parent.continuation(name=arguments.name, **given)
    name = arguments.recipe or "book"
    recipe = RECIPES[name]
    training = TrainingConfig(**vars(recipe.training) | given)
    return RunConfig(name=arguments.name or name, recipe=name, model=recipe.model, training=training)


def _train_with_progress(run: Run, *, quiet: bool) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from mnist_core.engine.worker import train_run

    config = run.config
    steps = config.training.steps_per_epoch
    columns = ("{task.description}", BarColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True, quiet=quiet)) as bar:
        task = bar.add_task("starting", total=config.training.epochs * steps, rate="")

        def watch(progress: Any) -> None:  # noqa: ANN401, network.training.Progress, which imports Keras
            done = (progress.epoch - config.inherited_epochs - 1) * steps + progress.step
            rate = done * config.training.batch_size / progress.seconds
            text = f"epoch {progress.epoch} of {config.total_epochs}, loss {progress.loss:.4f}"
            bar.update(task, completed=done, description=text, rate=f"{rate:,.0f} digits/s")

        train_run(run, watch=watch)


def evaluate(arguments: argparse.Namespace) -> None:
    """Score a network on the test set, on labelled drawings, on what is no digit or on changed digits."""
    if arguments.drawings:
        _evaluate_on_drawings(arguments)
    elif arguments.non_digits:
        _evaluate_on_non_digits(arguments)
    elif arguments.robustness:
        _evaluate_on_changed_digits(arguments)
    else:
        _evaluate_on_test_set(arguments)


def _evaluate_on_test_set(arguments: argparse.Namespace) -> None:
    test = mnist.load().test
    model = _model(arguments.run)
    if arguments.save:
        _save_evaluation(model)
    reading = model.read(test.images)
    result, refused = scores(reading.probabilities, test.labels), reading.share_refused
    _tell(
        arguments,
        {"run": model.name, **vars(result), "refused": refused},
        f"{model.name}: {result.correct:,} of {len(test):,} right, "
        f"accuracy {result.test_accuracy:.4f}, loss {result.test_loss:.4f}{_in_words(refused)}",
    )


def _save_evaluation(model: Model) -> None:
    from mnist_core.engine.worker import evaluate_again

    if model.foreign:
        raise UsageError("Only a run has an evaluation to save; this is a model file alone.")
    evaluate_again(Run(model.path.parent))


def _evaluate_on_drawings(arguments: argparse.Namespace) -> None:
    drawings = [each for each in exchange.read(arguments.drawings) if each.label is not None]
    digits = [drawing.to_digit(drawing.rasterize(each)) for each in drawings]
    labels = np.array([each.label for each, digit in zip(drawings, digits, strict=True) if digit is not None])
    if not len(labels):
        raise UsageError(f"{arguments.drawings} holds no drawing with a label and ink.")
    model = _model(arguments.run)
    reading = model.read(np.stack([digit for digit in digits if digit is not None]))
    right, refused = reading.probabilities.argmax(axis=1) == labels, reading.share_refused
    per_digit = {str(digit): float(right[labels == digit].mean()) for digit in np.unique(labels)}
    report = {"run": model.name, "drawings": len(labels), "accuracy": float(right.mean()), "per_digit": per_digit}
    lines = [f"{digit}: {accuracy:.4f}" for digit, accuracy in per_digit.items()]
    _tell(
        arguments,
        report | {"refused": refused},
        "\n".join([f"{model.name}: {right.mean():.4f} of {len(labels):,} drawings right{_in_words(refused)}", *lines]),
    )


def _evaluate_on_non_digits(arguments: argparse.Namespace) -> None:
    kinds, drawings = zip(*non_digits.make(NON_DIGITS, seed=NON_DIGITS_SEED), strict=True)
    model = _model(arguments.run)
    reading = model.read(np.stack([drawing.to_digit(drawing.rasterize(each)) for each in drawings]))
    if reading.typicality is None:
        raise UsageError(f"{model.name} does not know what digits look like. A run learns it by: evaluate RUN --save")
    refused = reading.refused
    per_kind = {kind: float(refused[np.array(kinds) == kind].mean()) for kind in dict.fromkeys(kinds)}
    lines = [f"{kind}: {share:.3f}" for kind, share in per_kind.items()]
    _tell(
        arguments,
        {"run": model.name, "non_digits": len(drawings), "refused": float(refused.mean()), "per_kind": per_kind},
        "\n".join([f"{model.name}: {refused.mean():.3f} of {len(drawings):,} non-digits refused", *lines]),
    )


def _evaluate_on_changed_digits(arguments: argparse.Namespace) -> None:
    from mnist_core.engine.measuring import measure, measure_run

    test = mnist.load().test
    model = _model(arguments.run)
    if model.foreign:
        curves = measure(model.load().probabilities, test)
    else:
        curves = measure_run(Run(model.path.parent), test, lambda: model.load().probabilities).curves
    lines = [_curve_in_words(PERTURBATIONS[name], curve) for name, curve in curves.items()]
    _tell(
        arguments,
        {"run": model.name, "digits": len(test), "curves": {name: vars(curve) for name, curve in curves.items()}},
        "\n".join([f"{model.name}: share of {len(test):,} digits right, the more they are changed", *lines]),
    )


def _curve_in_words(perturbation: Perturbation, curve: Curve) -> str:
    levels = zip(map(perturbation.label, curve.levels), curve.accuracies, strict=True)
    return f"{perturbation.name:10}" + ", ".join(f"{label}: {accuracy:.4f}" for label, accuracy in levels)


def _in_words(refused: float | None) -> str:
    return "" if refused is None else f", {refused:.2%} refused as no digits"


def predict(arguments: argparse.Namespace) -> None:
    """Read each picture of one digit; those without ink have no digit."""
    digits = [_only_digit(path) for path in arguments.images]
    found = [digit for digit in digits if digit is not None]
    reading = _model(arguments.run).read(np.stack(found)) if found else None
    answers = iter(zip(reading.probabilities, reading.refused, strict=True) if reading else [])
    for path, digit in zip(arguments.images, digits, strict=True):
        probabilities, refused = next(answers) if digit is not None else (None, True)
        _tell_prediction(arguments, path, probabilities, refused=bool(refused))


def _only_digit(path: Path) -> np.ndarray | None:
    """The digit in a picture: uint8 (28, 28), or None where there is no ink. Raises UsageError when there are more."""
    try:
        found = photo.read(path).found
    except photo.PictureError as error:
        raise UsageError(f"{path}: {error}") from error
    if len(found) > 1:
        raise UsageError(f"{path} shows {len(found)} digits; predict reads pictures of one.")
    return found[0].preparation.digit if found else None


def _tell_prediction(
    arguments: argparse.Namespace, path: Path, probabilities: np.ndarray | None, *, refused: bool
) -> None:
    if probabilities is None:
        report = {"file": str(path), "digit": None, "probabilities": None, "not_a_digit": True}
        _tell(arguments, report, f"{path}: nothing drawn")
        return
    digit = int(probabilities.argmax())
    report = {
        "file": str(path),
        "digit": digit,
        "probabilities": probabilities.tolist(),
        "not_a_digit": refused,
    }
    doubt = ", but it hardly looks like a digit" if refused else ""
    _tell(arguments, report, f"{path}: {digit} ({probabilities[digit]:.1%}){doubt}")


def _model(reference: str | None) -> Model:
    if reference and reference.endswith((".keras", ".h5")):
        return Model(Path(reference).name, Path(reference), foreign=True)
    home = store.home()
    run = store.find(reference, home) if reference else everyones_run(_room_state(home), home)
    if run is None:
        raise UsageError("No network ships with this copy. Name a run, or train one: python -m mnist_core train")
    if not run.has_model:
        raise UsageError(f"The run {run.config.name} has no trained network yet.")
    return Model(run.config.name, run.model_path)


def _room_state(home: Path) -> RoomState:
    if not has_room(home):
        return RoomState()
    from mnist_core.room.database import open_database
    from mnist_core.room.settings import Settings

    return Settings(open_database(home)).now()


def list_runs(arguments: argparse.Namespace) -> None:
    """One line for each run, oldest first; folders that cannot be read are named on standard error."""
    home = store.home()
    for run in store.list_runs(home):
        status, config = run.status, run.config
        accuracy = status.scores["test_accuracy"] if status.scores else None
        report = {
            "run": run.id,
            "name": config.name,
            "state": status.state,
            "recipe": config.recipe,
            "epochs": len(run.epochs["epoch"]),
            "parameters": config.model.parameters,
            "test_accuracy": accuracy,
        }
        shown = "" if accuracy is None else f"{accuracy:.4f}"
        _tell(arguments, report, f"{run.id:24}  {config.name:20}  {status.state:12}  {shown}".rstrip())
    for message in store.unreadable_runs(home):
        print(message, file=sys.stderr)


def serve(arguments: argparse.Namespace) -> None:
    """Be the engine of this home folder until stopped."""
    from mnist_core.engine import server

    server.serve(store.home(), leave_when_idle=arguments.leave_when_idle)


def tell_host(arguments: argparse.Namespace) -> None:
    """The app's addresses, and the host's password where it was made here."""
    print(f"Digit Lab: http://localhost:{arguments.port}  (Ctrl-C stops it)")
    for address in addresses() if arguments.network else ():
        print(f"In the network of {address.interface}: {address.url(arguments.port)}")
    if SETTING not in os.environ:
        print(f"The host's password, for the page Workshop: {host_password(store.home())}", flush=True)


def _tell(arguments: argparse.Namespace, report: dict[str, Any], text: str) -> None:
    print(json.dumps(report) if arguments.json else text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
