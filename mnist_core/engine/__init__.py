"""The engine, the process that computes with Keras, and its client."""
