"""Digit Lab without its pages: digits, the network, its runs, and the engine that trains and predicts."""

__version__ = "0.2.0"
