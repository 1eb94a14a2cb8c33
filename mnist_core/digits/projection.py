"""Projection of feature vectors to two dimensions for maps of digits: principal components and t-SNE.

t-SNE is openTSNE's (Policar, Strazar and Zupan, 2019): for 10,000 digits it is faster than scikit-learn's, and it
reports progress. UMAP would need 210 MB for a compiler, and half a minute at its first call. The maps of the test
digits' raw pixels are stored beside this module; ``python -m mnist_core.digits.projection`` computes them again.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from mnist_core.digits import mnist
from mnist_core.digits.encoding import flatten, scale
from mnist_core.digits.mnist import DatasetError

FILE = Path(__file__).with_name("pixel_maps.npz")
COMPONENTS = 50  # principal components as input of t-SNE: a faster neighbour search and less noise
PERPLEXITY = 30  # effective number of neighbours of each digit; the usual value
EARLY_EXAGGERATION_ITERATIONS, ITERATIONS = 250, 400  # the first form clusters, the others arrange them
CALLBACK_INTERVAL = 10  # iterations between two calls

ProgressCallback = Callable[[float, np.ndarray], None]


class Projection(Protocol):
    """A projection of ``features``, float (N, D), to positions, float32 (N, 2); ``on_progress`` as in ``tsne``."""

    def __call__(self, features: np.ndarray, *, on_progress: ProgressCallback) -> np.ndarray: ...


def principal_components(features: np.ndarray, *, count: int = 2) -> np.ndarray:
    """Project ``features``, float (N, D), on their first ``count`` principal components: float32 (N, count).

    Centred, the largest variance first (Pearson, 1901). The sign of a component is arbitrary; here its weight with the
    largest absolute value is positive.
    """
    centred = (features - features.mean(axis=0, dtype=np.float64)).astype(np.float32)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    strongest = directions[:, ::-1][:, :count]
    largest_weights = strongest[np.abs(strongest).argmax(axis=0), range(strongest.shape[1])]
    projected: np.ndarray = centred @ (strongest * np.sign(largest_weights)).astype(np.float32)
    return projected


def tsne(features: np.ndarray, *, on_progress: ProgressCallback = lambda share, positions: None) -> np.ndarray:
    """The t-SNE embedding of ``features``, float (N, D): float32 (N, 2). Half a minute for 10,000 rows.

    Neighbours are similar; sizes of clusters and distances between them mean little (van der Maaten and Hinton, 2008).
    ``on_progress`` is called with the completed fraction, 0 to 1, and the current layout. The seed is fixed.
    """
    from openTSNE import TSNE  # imported here because it takes a second and 100 MB

    iterations = 0

    def report(_: int, __: float, positions: np.ndarray) -> None:
        nonlocal iterations
        iterations += CALLBACK_INTERVAL
        on_progress(iterations / (EARLY_EXAGGERATION_ITERATIONS + ITERATIONS), np.array(positions, np.float32))

    layout = TSNE(
        perplexity=min(PERPLEXITY, (len(features) - 1) / 3),
        early_exaggeration_iter=EARLY_EXAGGERATION_ITERATIONS,
        n_iter=ITERATIONS,
        neighbors="annoy",
        negative_gradient_method="fft",
        callbacks=report,
        callbacks_every_iters=CALLBACK_INTERVAL,
        n_jobs=-1,
        random_state=0,
    ).fit(principal_components(features, count=COMPONENTS))
    return np.array(layout, np.float32)


def pca(features: np.ndarray, *, on_progress: ProgressCallback) -> np.ndarray:
    """The first two principal components of ``features``, float (N, D): float32 (N, 2). ``on_progress`` is unused."""
    return principal_components(features)


METHODS: dict[str, Projection] = {"pca": pca, "tsne": tsne}


@cache
def pixel_maps() -> dict[str, np.ndarray]:
    """The maps of MNIST's test digits by their raw pixels: float32 (10000, 2) for each of METHODS; cached, 160 kB.

    Raises DatasetError when the file is missing or damaged.
    """
    try:
        with np.load(FILE, allow_pickle=False) as archive:
            return {method: archive[method] for method in METHODS}
    except mnist.READ_ERRORS as error:
        raise DatasetError(
            f"The maps in {FILE} cannot be read ({error}). To make them again: python -m mnist_core.digits.projection"
        ) from error


def _write_file() -> None:
    pixels = scale(flatten(mnist.load().test.images))
    np.savez_compressed(FILE, pca=principal_components(pixels), tsne=tsne(pixels))


if __name__ == "__main__":
    _write_file()
