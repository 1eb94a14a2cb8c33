"""Matplotlib figures, one topic per module, without pyplot's global state."""
