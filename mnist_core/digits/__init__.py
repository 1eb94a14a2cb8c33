"""Sources of 28x28 digits: MNIST, drawings, photos and synthetic handwriting."""
