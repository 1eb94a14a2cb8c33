"""How robust a network is: its accuracy on the test set, the more the digits are changed."""

from collections.abc import Callable

import numpy as np

from mnist_core.digits.mnist import Split
from mnist_core.digits.perturbations import PERTURBATIONS
from mnist_core.runs.robustness import Curve, Robustness, fingerprint
from mnist_core.runs.run import Run

Answer = Callable[[np.ndarray], np.ndarray]


def measure_run(
    run: Run, test: Split, load: Callable[[], Answer], tell: Callable[[float], None] = lambda _: None
) -> Robustness:
    """Measure the network of ``run`` with the digits ``test``, and keep the result in its folder.

    ``load`` gets what answers for it, as ``measure`` takes it. Raises RunError when there is no network, or when the
    result cannot be kept.
    """
    model = fingerprint(run)  # before it is loaded: if another is written meanwhile, that one counts as not measured
    robustness = Robustness(model, len(test), measure(load(), test, tell))
    robustness.save(run)
    return robustness


def measure(answer: Answer, test: Split, tell: Callable[[float], None] = lambda _: None) -> dict[str, Curve]:
    """The curve of each perturbation, by its name.

    ``answer`` takes uint8 (N, 28, 28) to probabilities, float (N, 10). ``tell`` hears what share is done, 0 to 1.
    """
    curves: dict[str, Curve] = {}
    steps, done = sum(len(each.levels) for each in PERTURBATIONS.values()), 0
    for name, perturbation in PERTURBATIONS.items():
        accuracies = []
        for level in perturbation.levels:
            answers = answer(perturbation(test.images, level)).argmax(axis=1)
            accuracies.append(float((answers == test.labels).mean()))
            done += 1
            tell(done / steps)
        curves[name] = Curve(perturbation.levels, tuple(accuracies))
    return curves
