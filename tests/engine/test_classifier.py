"""Tests of the Classifier in this process, without an engine."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from mnist_core.digits.mnist import Mnist
from mnist_core.engine.classifier import Classifier
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
