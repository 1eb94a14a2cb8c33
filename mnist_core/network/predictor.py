"""A loaded model that predicts and explains; the parts that only explanations need are built on first use."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import keras
import numpy as np
from scipy.special import softmax

from mnist_core.digits import mnist
from mnist_core.errors import DamagedFile, ModelError
from mnist_core.network import explain
from mnist_core.network import model as network
from mnist_core.network.feature_extractor import FeatureExtractor
from mnist_core.network.nearest import NearestDigits
from mnist_core.network.typicality import Typicality
from mnist_core.predictions import Explanation, Prediction
from mnist_core.untrusted.arrays import read_arrays


class Predictor:
    """A Keras model together with what its run knows about it."""

    def __init__(
        self,
        model: keras.Model,
        *,
        statistics: Mapping[str, np.ndarray] | None = None,
        snapshots: Mapping[int, Path] | None = None,
    ) -> None:
        """``statistics``: the fields of ``Typicality`` by name. ``snapshots``: weight files by epoch."""
        self._model = model
        self._infer = network.inference_function(model)
        self._typicality = Typicality(**statistics) if statistics else None
        self._snapshots = dict(snapshots or {})

    def predict(self, digits: np.ndarray) -> Prediction:
        """Probabilities and typicality of ``digits``, uint8 (N, 28, 28).

        Raises ModelError when the statistics belong to another network.
        """
        if self._typicality is None or not len(digits):
            return Prediction(self.probabilities(digits), None)
        hidden, logits = self.features.extract(digits)
        try:
            return Prediction(softmax(logits, axis=1), self._typicality.p_values(hidden, logits))
        except ValueError as error:
            raise ModelError("The run's typicality statistics belong to another network.") from error

    def probabilities(self, digits: np.ndarray) -> np.ndarray:
        """The softmax output for ``digits``, uint8 (N, 28, 28): float32 (N, 10), rows sum to 1."""
        return network.predict_with(self._infer, digits)

    def explain(self, digit: np.ndarray, *, epochs: bool) -> Explanation:
        """Explain the prediction for ``digit``, uint8 (28, 28); ``epochs`` adds the predictions of all snapshots."""
        answer, runner_up = explain.top_two(self.features, digit)
        present, missing = explain.saliency(self.features, digit, answer=answer, runner_up=runner_up)
        return Explanation(
            answer=answer,
            runner_up=runner_up,
            activity=explain.activity(self.features, digit),
            present=present,
            missing=missing,
            epochs={
                epoch: self._predict_with_snapshot(path, digit) for epoch, path in self._snapshots.items() if epochs
            },
        )

    def nearest_digits(self) -> NearestDigits:
        """An index of all training digits by their hidden features."""
        return NearestDigits(self.features, mnist.load().train.images)

    def hidden(self, layer: int) -> np.ndarray:
        """The outputs of hidden ``layer``, counted from 1, for each test digit: float32 (10000, units)."""
        hidden, _ = self.features.extract(mnist.load().test.images)
        return hidden[layer - 1]

    @cached_property
    def features(self) -> FeatureExtractor:
        """Raises ModelError when the model has no hidden layer or an unusual structure."""
        return FeatureExtractor(self._model)

    def _predict_with_snapshot(self, snapshot: Path, digit: np.ndarray) -> np.ndarray:
        try:
            with snapshot.open("rb") as file:
                weights = read_arrays(file)
        except (DamagedFile, OSError) as error:
            raise ModelError(f"The snapshot {snapshot.name} of this run cannot be read: {error}.") from error
        return explain.predict_with_weights(self._snapshot_features, weights, digit)

    @cached_property
    def _snapshot_features(self) -> FeatureExtractor:
        """A second copy of the model for snapshot weights: another thread may use ``features`` meanwhile."""
        return FeatureExtractor(self._model)
