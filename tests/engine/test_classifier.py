"""Tests of the Classifier in this process, without an engine."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from distributed import BaseActorFuture
from numpy.testing import assert_allclose

from mnist_core.digits.mnist import Mnist
from mnist_core.engine.classifier import Classifier
from mnist_core.engine.classifier_actor import ClassifierActor
from mnist_core.runs.run import SHIPPED, Run


@pytest.mark.usefixtures("keras")
def test_a_replaced_model_file_is_loaded_again(tmp_path: Path, digits: Mnist):
    images, path = digits.test.images[:50], tmp_path / "model.keras"
    shutil.copyfile(Run(SHIPPED / "book").model_path, path)
    classifier = Classifier(None)
    first = classifier.predict(str(path), images).probabilities
    shutil.copyfile(Run(SHIPPED / "world").model_path, path)
    os.utime(path, (1, 1))  # another time than the first file's, however coarse the file system's clock
    second = classifier.predict(str(path), images).probabilities
    assert np.abs(first - second).max() > 0.01
    assert_allclose(second, classifier.predict(str(Run(SHIPPED / "world").model_path), images).probabilities, atol=1e-4)


@pytest.mark.parametrize("name", [name for name in vars(ClassifierActor) if not name.startswith("_")])
def test_a_client_calls_the_classifier_with_its_own_arguments_and_results(name: str):
    of_actor, of_classifier = _types(getattr(ClassifierActor, name)), _types(getattr(Classifier, name))
    (result,) = get_args(of_actor.pop("return"))
    assert of_actor | {"return": result or type(None)} == of_classifier


def _types(method: Callable[..., Any]) -> dict[str, Any]:
    """The types of a method's arguments and of its result, by name."""
    return get_type_hints(method, localns={"BaseActorFuture": BaseActorFuture})
