"""Errors that are meant for people."""


class LabError(Exception):
    """Something a person can mend: the message says what happened and what to do next.

    Pages show the message, the command line prints it and exits with status 2.
    """


class TrainingDiverged(LabError):
    """The loss of a training is no longer a number.

    Here, and not beside Keras, because a worker tells it in the run's status.
    """


class ModelError(LabError):
    """A model file that cannot be used.

    Here, and not beside Keras, because a page receives it from the engine and must not import Keras for that.
    """
