"""``digit-lab train``: train a run in this process."""

import argparse
import signal
from pathlib import Path
from typing import Any

from mnist_core.cli.output import UsageError, print_report
from mnist_core.config import RunConfig, TrainingConfig
from mnist_core.digits import mnist
from mnist_core.recipes import RECIPES
from mnist_core.runs import store
from mnist_core.runs.run import Run
from mnist_core.runs.status import FAILED, FINISHED, RUNNING


def train(arguments: argparse.Namespace) -> None:
    """Train a run in this process and print a report. Ctrl-C stops the training early; the run is still evaluated."""
    home = store.prepare_home()
    mnist.load()  # raises errors before Keras is imported
    config = _config(arguments, home)
    if arguments.ship:
        store.shipped_path(config.name)  # raises errors before the training
    run = store.create(config, home, state=RUNNING, to_ship=arguments.ship)
    signal.signal(signal.SIGINT, lambda *_: run.cancel())
    _train_with_progress(run, quiet=arguments.json)
    status = run.read_status()
    if status.state == FAILED:
        raise UsageError(f"The training failed: {status.error}")
    if status.scores is None:  # another process cancelled or suspended the run
        raise UsageError(f"The training did not end here: the run {run.id} is {status.state}.")
    if arguments.ship:
        store.ship(run)
    report = {
        "run": run.id,
        "path": str(run.path),
        "epochs": len(run.read_epochs()["epoch"]),
        "seconds": round(status.seconds, 2),
        "parameters": config.model.parameters,
        "test_loss": status.scores["test_loss"],
        "test_accuracy": status.scores["test_accuracy"],
    }
    ending = "" if status.state == FINISHED else " (ended early)"
    epochs = f"{report['epochs']} epoch{'' if report['epochs'] == 1 else 's'}"
    print_report(
        arguments,
        report,
        f"{run.read_config().name}{ending}: {epochs} in {status.seconds:.1f} s, "
        f"test accuracy {report['test_accuracy']:.4f}, loss {report['test_loss']:.4f}\n{run.path}",
    )


def _config(arguments: argparse.Namespace, home: Path) -> RunConfig:
    overrides = {key: value for key in ("epochs", "seed") if (value := getattr(arguments, key)) is not None}
    if arguments.parent:
        if arguments.recipe:
            raise UsageError("Give --recipe or --from, not both: a run that goes on keeps its recipe.")
        parent = store.find_or_open(arguments.parent, home)
        return parent.continuation(name=arguments.name, **overrides)
    recipe_name = arguments.recipe or "book"
    recipe = RECIPES[recipe_name]
    # A shipped run's name always means the shipped run.
    name = arguments.name or (recipe_name if arguments.ship else f"{recipe_name} trained here")
    training = TrainingConfig(**vars(recipe.training) | overrides)
    return RunConfig(name=name, recipe=recipe_name, model=recipe.model, training=training)


def _train_with_progress(run: Run, *, quiet: bool) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from mnist_core.engine.worker import train_run

    config = run.read_config()
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
