"""What the engine and those who ask it have agreed on: names, files and errors."""

from mnist_core.errors import LabError

ADDRESS_FILE = "engine.json"  # in the home folder: the process and where its scheduler listens
LOCK_FILE = "engine.lock"  # held by the engine for as long as it lives
LOG_FILE = "engine.log"
CLIENT_NAME = "digit-lab"  # clients of this name are people's; the engine leaves when none is left
CLASSIFIER = "classifier"  # the variable that holds the Classifier's future


class EngineError(LabError):
    """The engine cannot do what was asked."""


class EngineNotReady(EngineError):
    """The engine is starting or being mended; ask again in a moment."""
