"""The recipes: named configurations of a network and its training."""

from dataclasses import dataclass

from mnist_core.config import FASTEST, MAX_EPOCHS, ONE_CYCLE, ModelConfig, TrainingConfig


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A configuration of a network and its training, with a one-sentence description for people."""

    description: str
    model: ModelConfig
    training: TrainingConfig


RECIPES = {
    "book": Recipe(
        description="The walk-through's network: 784-512-512-10, 20 epochs, 98.2 to 98.5 % right.",
        model=ModelConfig(),
        training=TrainingConfig(),
    ),
    # All others were chosen by `python -m tests.benchmarks.choose_recipes`, on digits held out from training.
    "express": Recipe(
        description="The same layers in a few seconds: large batches, one learning-rate cycle, about 98.6 % right.",
        model=ModelConfig(dropout=0.0),
        training=TrainingConfig(
            epochs=6,
            batch_size=1024,
            learning_rate=8e-3,
            schedule=ONE_CYCLE,
            label_smoothing=0.1,
            precision=FASTEST,
        ),
    ),
    "distorted": Recipe(
        description="The same layers, each digit bent and turned anew each time it is seen: about 99.5 % right.",
        model=ModelConfig(dropout=0.0),
        training=TrainingConfig(
            epochs=MAX_EPOCHS,
            batch_size=512,
            learning_rate=4e-3,
            schedule=ONE_CYCLE,
            weight_decay=0.2,
            distortions=True,
            precision=FASTEST,
        ),
    ),
    # Chosen on digits held out from MNIST's training set and on fresh synthetic drawings.
    "world": Recipe(
        description="MNIST and synthetic drawings in the styles that people use: reads what you draw, 99.4 % right.",
        model=ModelConfig(hidden_units=(1024, 512), dropout=0.0),
        training=TrainingConfig(
            epochs=MAX_EPOCHS,
            batch_size=512,
            learning_rate=4e-3,
            schedule=ONE_CYCLE,
            weight_decay=0.1,
            distortions=True,
            handwriting=90_000,
            precision=FASTEST,
        ),
    ),
}
