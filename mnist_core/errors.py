"""Errors with messages for people."""


class LabError(Exception):
    """An error that a person can fix: the message says what happened and what to do next.

    Pages show the message; the command line prints it and exits with status 2.
    """


class TrainingDiverged(LabError):
    """The loss of a training is not finite.

    It is defined outside ``network`` because code that must not import Keras handles it.
    """


class ModelError(LabError):
    """A model file cannot be used.

    It is defined outside ``network`` because pages receive it from the engine and must not import Keras.
    """
