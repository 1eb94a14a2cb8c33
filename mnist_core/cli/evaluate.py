"""``digit-lab evaluate``: evaluate a model on the test set, drawings, non-digits or perturbed digits."""

import argparse

import numpy as np

from mnist_core.cli.models import NamedModel, resolve_model
from mnist_core.cli.output import UsageError, print_report
from mnist_core.digits import drawing_json, mnist, non_digits
from mnist_core.digits.perturbations import PERTURBATIONS, Perturbation
from mnist_core.evaluation.drawings import score_drawings
from mnist_core.evaluation.scores import scores
from mnist_core.runs.robustness import Curve
from mnist_core.runs.run import Run

NON_DIGIT_COUNT, NON_DIGIT_SEED = 1000, 1


def evaluate(arguments: argparse.Namespace) -> None:
    """Evaluate a network on the test set, on labelled drawings, on non-digits or on perturbed digits."""
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
    model = resolve_model(arguments.run)
    if arguments.save:
        _save_evaluation(model)
    prediction = model.predict(test.images)
    result, rejected = scores(prediction.probabilities, test.labels), prediction.rejection_rate
    print_report(
        arguments,
        {"run": model.name, **vars(result), "refused": rejected},
        f"{model.name}: {result.correct:,} of {len(test):,} right, "
        f"accuracy {result.test_accuracy:.4f}, loss {result.test_loss:.4f}{_rejection_text(rejected)}",
    )


def _save_evaluation(model: NamedModel) -> None:
    from mnist_core.engine.worker import evaluate_again

    if model.untrusted:
        raise UsageError("Only a run has an evaluation to save; this is a model file alone.")
    evaluate_again(Run(model.path.parent))


def _evaluate_on_drawings(arguments: argparse.Namespace) -> None:
    drawings = drawing_json.read(arguments.drawings)
    model = resolve_model(arguments.run)
    score = score_drawings(drawings, model.predict)
    if score is None:
        raise UsageError(f"{arguments.drawings} holds no drawing with a label and ink.")
    report = {"run": model.name, "drawings": score.drawings, "accuracy": score.accuracy, "per_digit": score.per_digit}
    drawings_text = f"{score.drawings:,} drawing{'' if score.drawings == 1 else 's'}"
    summary = f"{model.name}: {score.accuracy:.4f} of {drawings_text} right"
    lines = [f"{digit}: {accuracy:.4f}" for digit, accuracy in score.per_digit.items()]
    print_report(
        arguments,
        report | {"refused": score.rejection_rate},
        "\n".join([f"{summary}{_rejection_text(score.rejection_rate)}", *lines]),
    )


def _evaluate_on_non_digits(arguments: argparse.Namespace) -> None:
    kinds, drawings = zip(*non_digits.make(NON_DIGIT_COUNT, seed=NON_DIGIT_SEED), strict=True)
    model = resolve_model(arguments.run)
    prediction = model.predict(np.stack([drawing.to_digit() for drawing in drawings]))
    if prediction.typicality is None:
        raise UsageError(f"{model.name} does not know what digits look like. A run learns it by: evaluate RUN --save")
    rejected = prediction.rejected
    per_kind = {kind: float(rejected[np.array(kinds) == kind].mean()) for kind in dict.fromkeys(kinds)}
    lines = [f"{kind}: {share:.3f}" for kind, share in per_kind.items()]
    print_report(
        arguments,
        {"run": model.name, "non_digits": len(drawings), "refused": float(rejected.mean()), "per_kind": per_kind},
        "\n".join([f"{model.name}: {rejected.mean():.3f} of {len(drawings):,} non-digits refused", *lines]),
    )


def _evaluate_on_changed_digits(arguments: argparse.Namespace) -> None:
    from mnist_core.engine.robustness_measurement import measure, measure_run

    test = mnist.load().test
    model = resolve_model(arguments.run)
    if model.untrusted:
        curves = measure(model.load().probabilities, test)
    else:
        curves = measure_run(Run(model.path.parent), test, lambda: model.load().probabilities).curves
    lines = [_curve_text(PERTURBATIONS[name], curve) for name, curve in curves.items()]
    print_report(
        arguments,
        {"run": model.name, "digits": len(test), "curves": {name: vars(curve) for name, curve in curves.items()}},
        "\n".join([f"{model.name}: share of {len(test):,} digits right, the more they are changed", *lines]),
    )


def _curve_text(perturbation: Perturbation, curve: Curve) -> str:
    levels = zip(map(perturbation.label, curve.levels), curve.accuracies, strict=True)
    return f"{perturbation.name:10}" + ", ".join(f"{label}: {accuracy:.4f}" for label, accuracy in levels)


def _rejection_text(rejected: float | None) -> str:
    return "" if rejected is None else f", {rejected:.2%} refused as no digits"
