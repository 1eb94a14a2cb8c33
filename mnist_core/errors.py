"""Errors with messages for people."""

MAX_REASON_CHARACTERS = 200


class LabError(Exception):
    """An error that a person can fix: the message says what happened and what to do next.

    Pages show the message; the command line prints it and exits with status 2.
    """


class DamagedFile(LabError):
    """The content of a file is not what it should be; the caller adds which file it is.

    The message is one line of at most MAX_REASON_CHARACTERS, because it may quote the file.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(one_line(reason))


def one_line(text: str) -> str:
    """Return ``text`` with spaces for line breaks and control characters, cut to MAX_REASON_CHARACTERS."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text[:10_000]).split())
    return line if len(line) <= MAX_REASON_CHARACTERS else f"{line[: MAX_REASON_CHARACTERS - 1]}…"


class RunError(LabError):
    """The run is unknown, or its folder cannot be read."""


class TrainingDiverged(LabError):
    """The loss of a training is not finite.

    It is defined outside ``network`` because code that must not import Keras handles it.
    """


class ModelError(LabError):
    """A model file cannot be used.

    It is defined outside ``network`` because pages receive it from the engine and must not import Keras.
    """
