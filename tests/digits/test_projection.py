"""Tests of principal components against scikit-learn, and of t-SNE by the labels of nearest points."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

from mnist_core.digits import projection
from mnist_core.digits.encoding import flatten, scale
from mnist_core.digits.mnist import Mnist


@pytest.fixture(scope="module")
def pixels(digits: Mnist) -> np.ndarray:
    return scale(flatten(digits.test.images))


def agreement(positions: np.ndarray, labels: np.ndarray) -> float:
    """The share of points whose label is predicted by their five nearest points; half of the points are held out."""
    return KNeighborsClassifier(5).fit(positions[::2], labels[::2]).score(positions[1::2], labels[1::2])


def test_principal_components_equal_those_of_scikit_learn(pixels: np.ndarray) -> None:
    ours = projection.principal_components(pixels[:2000], count=5)
    theirs = PCA(5, svd_solver="full").fit_transform(pixels[:2000])
    assert_allclose(np.abs(ours), np.abs(theirs), atol=2e-3)


def test_components_are_sorted_by_variance_and_centred() -> None:
    random = np.random.default_rng(0)
    features = random.normal(size=(300, 6)) * [1, 9, 1, 3, 1, 1] + 1000
    components = projection.principal_components(features)
    assert np.corrcoef(components[:, 0], features[:, 1])[0, 1] > 0.99  # positive, as its largest weight is positive
    assert np.corrcoef(components[:, 1], features[:, 3])[0, 1] > 0.95
    assert_allclose(components.mean(axis=0), 0, atol=1e-3)


def test_tsne_places_similar_digits_together_and_reports_its_progress(
    pixels: np.ndarray, digits: Mnist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "EARLY_EXAGGERATION_ITERATIONS", 50)  # enough for so few digits
    monkeypatch.setattr(projection, "ITERATIONS", 50)
    reports = []
    positions = projection.tsne(pixels[:300], on_progress=lambda share, layout: reports.append((share, layout.shape)))
    assert positions.shape == (300, 2)
    assert positions.dtype == np.float32
    assert agreement(positions, digits.test.labels[:300]) > 0.65  # principal components reach 0.41
    shares = [share for share, _ in reports]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert {shape for _, shape in reports} == {(300, 2)}


def test_the_stored_maps_show_the_test_digits(pixels: np.ndarray, digits: Mnist) -> None:
    maps = projection.pixel_maps()
    assert maps.keys() == projection.METHODS.keys()
    assert_allclose(maps["pca"], projection.principal_components(pixels), atol=1e-3)
    assert maps["tsne"].shape == (10_000, 2)
    assert agreement(maps["tsne"], digits.test.labels) > 0.94
    assert_array_equal(maps["tsne"], projection.pixel_maps()["tsne"])
