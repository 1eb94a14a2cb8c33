"""The robustness of a network: its accuracy on perturbed test digits, by the level of the perturbation."""

from collections.abc import Callable

import numpy as np

from mnist_core.digits.mnist import Split
from mnist_core.digits.perturbations import PERTURBATIONS
from mnist_core.runs.robustness import Curve, Robustness, fingerprint
from mnist_core.runs.run import Run

Predict = Callable[[np.ndarray], np.ndarray]


def measure_run(
    run: Run, test: Split, load: Callable[[], Predict], report: Callable[[float], None] = lambda _: None
) -> Robustness:
    """Measure the network of ``run`` with the digits ``test``, and save the result in its folder.

    ``load`` returns the network's ``predict`` function for ``measure``. Raises RunError when there is no network, or
    when the result cannot be saved.
    """
    model = fingerprint(run)  # before loading: a model written meanwhile then counts as not measured
    robustness = Robustness(model, len(test), measure(load(), test, report))
    robustness.save(run)
    return robustness


def measure(predict: Predict, test: Split, report: Callable[[float], None] = lambda _: None) -> dict[str, Curve]:
    """Measure the accuracy curve of each perturbation, by its name.

    ``predict`` maps uint8 (N, 28, 28) to probabilities, float (N, 10). ``report`` gets the share done, 0 to 1.
    """
    curves: dict[str, Curve] = {}
    steps, done = sum(len(each.levels) for each in PERTURBATIONS.values()), 0
    for name, perturbation in PERTURBATIONS.items():
        accuracies = []
        for level in perturbation.levels:
            predictions = predict(perturbation(test.images, level)).argmax(axis=1)
            accuracies.append(float((predictions == test.labels).mean()))
            done += 1
            report(done / steps)
        curves[name] = Curve(perturbation.levels, tuple(accuracies))
    return curves
