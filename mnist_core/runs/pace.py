"""How long a training will take on this machine: a rule of thumb, corrected by what earlier ones took."""

import json
from pathlib import Path

from mnist_core.config import RunConfig, TrainingConfig
from mnist_core.runs.files import write_json

FILE = "pace.json"  # in the home folder: by kind of training, what it took against the rule of thumb

# The rule of thumb, from `python -m tests.benchmarks.training` on 2 cores with AVX-512.
OPERATIONS_PER_SECOND = 250e9
SECONDS_PER_DIGIT = 3e-6  # activations, dropout, the digit itself
SECONDS_PER_DISTORTION = 6e-6
SECONDS_PER_STEP = 3e-4
SECONDS_PER_PARAMETER_AND_STEP = 7e-10  # the optimizer's pass over memory
SECONDS_TO_START = 0.7  # building the graph


def expected_seconds(config: RunConfig, home: Path) -> float:
    """What training ``config`` should take, in seconds, loading TensorFlow not counted."""
    return _rule_of_thumb(config, config.training.epochs) * _correction(config.training, home)


def is_measured(config: RunConfig, home: Path) -> bool:
    """Whether a training of this kind has been timed here."""
    return _kind(config.training) in _read(home)


def remember(config: RunConfig, home: Path, *, epochs: float, seconds: float) -> None:
    """Keep that ``epochs`` epochs of ``config`` took ``seconds``; the newest counts as much as all before it."""
    known, kind = _read(home), _kind(config.training)
    ratio = seconds / _rule_of_thumb(config, epochs)
    write_json(home / FILE, known | {kind: (known.get(kind, ratio) + ratio) / 2})


def _rule_of_thumb(config: RunConfig, epochs: float) -> float:
    """Seconds. A digit costs 6 operations a parameter: 2 forwards, 4 backwards (Kaplan et al., 2020)."""
    training, parameters = config.training, config.model.parameters
    digit = 6 * parameters / OPERATIONS_PER_SECOND + SECONDS_PER_DIGIT + training.distortions * SECONDS_PER_DISTORTION
    step = SECONDS_PER_STEP + parameters * SECONDS_PER_PARAMETER_AND_STEP
    return SECONDS_TO_START + epochs * (training.training_digits * digit + training.steps_per_epoch * step)


def _kind(training: TrainingConfig) -> str:
    return f"{training.precision}{' distorted' if training.distortions else ''}"


def _correction(training: TrainingConfig, home: Path) -> float:
    known = _read(home)
    return known.get(_kind(training)) or next(iter(known.values()), 1.0)


def _read(home: Path) -> dict[str, float]:
    """What is remembered; a damaged file counts as none, as it only costs a better guess."""
    try:
        known = json.loads((home / FILE).read_text())
        return {kind: float(ratio) for kind, ratio in known.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
