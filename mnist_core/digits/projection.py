"""Many numbers a digit as two, so that digits can lie on a map: principal components and t-SNE.

t-SNE is openTSNE's (Policar, Strazar and Zupan, 2019): on 10,000 digits it is quicker than scikit-learn's, and it tells
how far it is. UMAP would bring 210 MB of compiler along and hold its process for half a minute the first time.
The two maps of the test digits' raw pixels lie beside this module; ``python -m mnist_core.digits.projection`` makes
them anew in half a minute.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from mnist_core.digits import mnist
from mnist_core.digits.encoding import flatten, scale
from mnist_core.digits.mnist import DatasetError

FILE = Path(__file__).with_name("pixel_maps.npz")
COMPONENTS = 50  # that t-SNE starts from: its neighbours then are found sooner, and noise is left out
PERPLEXITY = 30  # about as many neighbours each digit listens to; the usual value
EXAGGERATED, ITERATIONS = 250, 400  # the first pull groups together, the others lay them out
BETWEEN_WORDS = 10  # iterations

Watch = Callable[[float, np.ndarray], None]


def principal_components(features: np.ndarray, *, count: int = 2) -> np.ndarray:
    """``features``, float (N, D), along the ``count`` directions in which they vary most: float32 (N, count).

    Centred, the strongest direction first. Each points so that its largest weight is positive, as the sign means
    nothing (Pearson, 1901).
    """
    centred = (features - features.mean(axis=0, dtype=np.float64)).astype(np.float32)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    strongest = directions[:, ::-1][:, :count]
    largest = strongest[np.abs(strongest).argmax(axis=0), range(strongest.shape[1])]
    return centred @ (strongest * np.sign(largest)).astype(np.float32)


def tsne(features: np.ndarray, *, watch: Watch = lambda share, positions: None) -> np.ndarray:
    """``features``, float (N, D), laid out so that near ones lie together: float32 (N, 2). Half a minute for 10,000.

    What lies together is alike; how far groups are apart, and how large they are, means little. ``watch`` hears the
    share that is done, 0 to 1, and the layout so far (van der Maaten and Hinton, 2008). It starts from the principal
    components and a fixed seed.
    """
    from openTSNE import TSNE  # takes a second and 100 MB: only where a layout is made

    heard = 0

    def tell(_: int, __: float, positions: np.ndarray) -> None:
        nonlocal heard
        heard += BETWEEN_WORDS
        watch(heard / (EXAGGERATED + ITERATIONS), np.array(positions, np.float32))

    made = TSNE(
        perplexity=min(PERPLEXITY, (len(features) - 1) / 3),
        early_exaggeration_iter=EXAGGERATED,
        n_iter=ITERATIONS,
        neighbors="annoy",
        negative_gradient_method="fft",
        callbacks=tell,
        callbacks_every_iters=BETWEEN_WORDS,
        n_jobs=-1,
        random_state=0,
    ).fit(principal_components(features, count=COMPONENTS))
    return np.array(made, np.float32)


def pca(features: np.ndarray, *, watch: Watch) -> np.ndarray:
    """The two strongest principal components of ``features``, float (N, D): float32 (N, 2). ``watch`` hears nothing."""
    return principal_components(features)


METHODS = {"pca": pca, "tsne": tsne}


@cache
def pixel_maps() -> dict[str, np.ndarray]:
    """Where MNIST's test digits lie by their raw pixels: for each of METHODS float32 (10000, 2). Read once: 160 kB.

    Raises DatasetError when the file is missing or damaged.
    """
    try:
        with np.load(FILE, allow_pickle=False) as archive:
            return {method: archive[method] for method in METHODS}
    except mnist.UNREADABLE as error:
        raise DatasetError(
            f"The maps in {FILE} cannot be read ({error}). To make them again: python -m mnist_core.digits.projection"
        ) from error


def _make() -> None:
    pixels = scale(flatten(mnist.load().test.images))
    np.savez_compressed(FILE, pca=principal_components(pixels), tsne=tsne(pixels))


if __name__ == "__main__":
    _make()
