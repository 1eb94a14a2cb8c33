"""Matplotlib figures, a topic a file; none touches pyplot's global state."""
