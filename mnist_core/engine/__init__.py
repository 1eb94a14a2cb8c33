"""The process that computes with Keras, and how others ask it."""
