"""What a training leaves behind, read and judged without Keras."""
