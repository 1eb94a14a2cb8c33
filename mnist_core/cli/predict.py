"""``digit-lab predict``: predict the digits in pictures."""

import argparse
from pathlib import Path

import numpy as np

from mnist_core.cli.models import resolve_model
from mnist_core.cli.output import UsageError, print_report
from mnist_core.digits import photo


def predict(arguments: argparse.Namespace) -> None:
    """Predict the digit in each picture; a picture without ink has none."""
    digits = [_only_digit(path) for path in arguments.images]
    present = [digit for digit in digits if digit is not None]
    prediction = resolve_model(arguments.run).predict(np.stack(present)) if present else None
    predictions = iter(zip(prediction.probabilities, prediction.rejected, strict=True) if prediction else [])
    for path, digit in zip(arguments.images, digits, strict=True):
        probabilities, rejected = next(predictions) if digit is not None else (None, True)
        _print_prediction(arguments, path, probabilities, rejected=bool(rejected))


def _only_digit(path: Path) -> np.ndarray | None:
    """Read the digit in a picture: uint8 (28, 28), None without ink. Raises UsageError for several digits."""
    try:
        found = photo.read(path).digits
    except photo.PictureError as error:
        raise UsageError(f"{path}: {error}") from error
    if len(found) > 1:
        raise UsageError(f"{path} shows {len(found)} digits; predict reads pictures of one.")
    return found[0].preparation.digit if found else None


def _print_prediction(
    arguments: argparse.Namespace, path: Path, probabilities: np.ndarray | None, *, rejected: bool
) -> None:
    report: dict[str, object]
    if probabilities is None:
        report = {"file": str(path), "digit": None, "probabilities": None, "not_a_digit": True}
        print_report(arguments, report, f"{path}: nothing drawn")
        return
    digit = int(probabilities.argmax())
    report = {
        "file": str(path),
        "digit": digit,
        "probabilities": probabilities.tolist(),
        "not_a_digit": rejected,
    }
    doubt = ", but it hardly looks like a digit" if rejected else ""
    print_report(arguments, report, f"{path}: {digit} ({probabilities[digit]:.1%}){doubt}")
