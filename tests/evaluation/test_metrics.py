"""Tests of metrics against scikit-learn, on the predictions of the shipped networks and on synthetic ones."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import metrics as sklearn
from sklearn.calibration import calibration_curve

from mnist_core import settings
from mnist_core.digits import mnist
from mnist_core.evaluation.calibration import (
    cross_tempered,
    fitted_temperature,
    reliability,
    selective,
    tempered,
)
from mnist_core.evaluation.metrics import per_digit, top_accuracy
from mnist_core.evaluation.scores import confusion_matrix, cross_entropy, scores
from mnist_core.runs import store
from tests.evaluation.test_scores import probability_rows


@pytest.fixture(params=["book", "world"])
def shipped_predictions(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray]:
    return store.find(request.param, settings.home()).evaluation.read_probabilities(), mnist.load().test.labels


def calibrated_predictions(count: int = 10_000, *, sharpness: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Perfectly calibrated synthetic probabilities, float (count, 10), and their labels."""
    random = np.random.default_rng(0)
    logits = random.normal(size=(count, 10)) * sharpness
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return probabilities, (probabilities.cumsum(axis=1) > random.random((count, 1))).argmax(axis=1).astype(np.uint8)


def test_scores_and_confusion_matrix_equal_those_of_scikit_learn(shipped_predictions):
    probabilities, labels = shipped_predictions
    predicted = probabilities.argmax(axis=1)
    assert_array_equal(confusion_matrix(predicted, labels), sklearn.confusion_matrix(labels, predicted))
    assert scores(probabilities, labels).test_accuracy == sklearn.accuracy_score(labels, predicted)
    normalised = probabilities.astype(np.float64) / probabilities.sum(axis=1, keepdims=True, dtype=np.float64)
    assert cross_entropy(probabilities, labels) == pytest.approx(sklearn.log_loss(labels, normalised), rel=1e-5)


def test_precision_recall_f1_and_support_equal_those_of_scikit_learn(shipped_predictions):
    probabilities, labels = shipped_predictions
    predicted = probabilities.argmax(axis=1)
    found = per_digit(confusion_matrix(predicted, labels))
    expected = sklearn.precision_recall_fscore_support(labels, predicted)
    for own, reference in zip((found.precision, found.recall, found.f1, found.support), expected, strict=True):
        assert_allclose(own, reference)


def test_a_digit_that_is_never_predicted_has_precision_0():
    found = per_digit(confusion_matrix(np.zeros(5, int), np.array([0, 0, 1, 1, 1])))
    assert (found.precision[1], found.recall[1], found.f1[1], found.recall[9]) == (0, 0, 0, 0)
    assert found.precision[0] == 0.4


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_accuracy_equals_that_of_scikit_learn(shipped_predictions, k):
    probabilities, labels = shipped_predictions
    assert top_accuracy(probabilities, labels, k=k) == sklearn.top_k_accuracy_score(labels, probabilities, k=k)


def test_the_reliability_diagram_equals_that_of_scikit_learn(shipped_predictions):
    probabilities, labels = shipped_predictions
    confidences, correct = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    accuracy, confidence = calibration_curve(correct, confidences, n_bins=15, strategy="uniform")
    found = reliability(probabilities, labels)
    assert found.count.sum() == len(labels)
    assert_allclose(found.accuracy[found.count > 0], accuracy)
    assert_allclose(found.confidence[found.count > 0], confidence, rtol=1e-6)


def test_the_calibration_error_is_the_mean_gap_between_confidence_and_accuracy():
    probabilities = probability_rows(*[(3, 0.9)] * 10, *[(4, 0.6)] * 10)
    labels = np.array([3] * 9 + [0] + [4] * 4 + [0] * 6)
    assert reliability(probabilities, labels).error == pytest.approx(0.5 * 0 + 0.5 * 0.2, abs=1e-6)


def test_calibrated_predictions_have_a_small_calibration_error():
    assert reliability(*calibrated_predictions()).error < 0.02


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_fitted_temperature_recovers_the_temperature_that_was_applied(temperature):
    probabilities, labels = calibrated_predictions()
    overconfident = tempered(probabilities, 1 / temperature)
    assert fitted_temperature(overconfident, labels) == pytest.approx(temperature, rel=0.05)


def test_cross_tempered_keeps_predictions_and_calibrates_overconfident_ones():
    probabilities, labels = calibrated_predictions()
    overconfident = tempered(probabilities, 0.5)
    calibrated, temperatures = cross_tempered(overconfident, labels)
    assert_array_equal(calibrated.argmax(axis=1), overconfident.argmax(axis=1))
    assert temperatures == pytest.approx((2, 2), rel=0.1)
    assert reliability(calibrated, labels).error < 0.02 < reliability(overconfident, labels).error


def test_the_temperature_of_a_digit_is_fitted_without_its_own_label():
    probabilities, labels = calibrated_predictions(1000)
    changed = labels.copy()
    changed[::2] = (changed[::2] + 1) % 10
    first, second = cross_tempered(probabilities, labels)[0], cross_tempered(probabilities, changed)[0]
    assert_array_equal(first[::2], second[::2])
    assert not np.array_equal(first[1::2], second[1::2])


def test_selective_gives_coverage_and_accuracy_for_each_threshold():
    probabilities, labels = probability_rows((1, 0.9), (2, 0.8), (3, 0.6), (4, 0.5)), np.array([1, 0, 3, 0])
    found = selective(probabilities, labels, np.array([0, 0.55, 0.85, 0.95]))
    assert_array_equal(found.answered, [1, 0.75, 0.25, 0])
    assert_array_equal(found.accuracy, [0.5, 2 / 3, 1, np.nan])


def test_a_threshold_includes_digits_with_exactly_that_confidence(shipped_predictions):
    probabilities, labels = shipped_predictions
    confidences, correct = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    found = selective(probabilities, labels, np.array([0.5, 0.9, confidences[17]]))
    for threshold, coverage, accuracy in zip((0.5, 0.9, confidences[17]), found.answered, found.accuracy, strict=True):
        assert coverage == (confidences >= np.float32(threshold)).mean()
        assert accuracy == pytest.approx(correct[confidences >= np.float32(threshold)].mean())
