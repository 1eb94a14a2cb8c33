"""Estimates of the time of a training and of a robustness measurement.

That of a training is a rule of thumb, corrected by the times of earlier trainings on this machine.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from mnist_core.config import ModelConfig, RunConfig, TrainingConfig
from mnist_core.errors import DamagedFile
from mnist_core.runs.files import read_json, write_json

FILE = "pace.json"  # in the home folder: measured time divided by the rule of thumb, by kind of training
RATIOS_JSON = TypeAdapter(dict[str, Annotated[float, Field(gt=1e-6, lt=1e6, allow_inf_nan=False)]])

# Measured by `python -m tests.benchmarks.training` on 2 cores with AVX-512.
OPERATIONS_PER_SECOND = 250e9
SECONDS_PER_DIGIT = 3e-6  # activations, dropout and loading the digit
SECONDS_PER_DISTORTION = 6e-6
SECONDS_PER_STEP = 3e-4
SECONDS_PER_PARAMETER_AND_STEP = 7e-10  # the optimizer's memory accesses
SECONDS_TO_START = 0.7  # building the graph

# Of a robustness measurement; measured on 2 cores with the networks that ship with the app.
SECONDS_TO_PERTURB = 8.0
SECONDS_PER_PARAMETER_TO_PREDICT = 5e-6


def expected_seconds(config: RunConfig, home: Path) -> float:
    """The estimated seconds of training ``config``, without loading TensorFlow."""
    return _rule_of_thumb(config, config.training.epochs) * _correction(config.training, home)


def expected_robustness_seconds(model: ModelConfig) -> float:
    """The estimated seconds of measuring a network's robustness: perturbing the test digits and predicting them."""
    return SECONDS_TO_PERTURB + SECONDS_PER_PARAMETER_TO_PREDICT * model.parameters


def is_measured(config: RunConfig, home: Path) -> bool:
    """Whether a training of this kind has been timed on this machine."""
    return _kind(config.training) in _read(home)


def record(config: RunConfig, home: Path, *, epochs: float, seconds: float) -> None:
    """Store that ``epochs`` epochs of ``config`` took ``seconds``: a moving average with weight 1/2 for the newest."""
    ratios, kind = _read(home), _kind(config.training)
    ratio = seconds / _rule_of_thumb(config, epochs)
    write_json(home / FILE, ratios | {kind: (ratios.get(kind, ratio) + ratio) / 2})


def _rule_of_thumb(config: RunConfig, epochs: float) -> float:
    """Seconds. A digit takes 6 operations per parameter: 2 forward, 4 backward (Kaplan et al., 2020)."""
    training, parameters = config.training, config.model.parameters
    digit = 6 * parameters / OPERATIONS_PER_SECOND + SECONDS_PER_DIGIT + training.distortions * SECONDS_PER_DISTORTION
    step = SECONDS_PER_STEP + parameters * SECONDS_PER_PARAMETER_AND_STEP
    return SECONDS_TO_START + epochs * (training.training_digits * digit + training.steps_per_epoch * step)


def _kind(training: TrainingConfig) -> str:
    return f"{training.precision}{' distorted' if training.distortions else ''}"


def _correction(training: TrainingConfig, home: Path) -> float:
    ratios = _read(home)
    return ratios.get(_kind(training)) or next(iter(ratios.values()), 1.0)


def _read(home: Path) -> dict[str, float]:
    """The stored ratios by kind; a damaged file counts as empty, because only the estimate gets worse."""
    try:
        return read_json(home / FILE, RATIOS_JSON)
    except (FileNotFoundError, DamagedFile):
        return {}
