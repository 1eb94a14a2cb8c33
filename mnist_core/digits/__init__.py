"""Where 28x28 digits come from."""
