"""Runs: their folders, histories, snapshots and analyses, read without Keras."""
