"""Published results on MNIST's test set, for comparison."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedResult:
    """A published error rate on the 10,000 test digits, in percent."""

    name: str
    error_percent: float
    source: str


# Its test accuracy is 0.9813.
WALK_THROUGH = PublishedResult("This walk-through's network", 1.9, "784-512-512-10, 187 of 10,000 wrong")

PUBLISHED_RESULTS = (
    PublishedResult("Linear classifier", 12.0, "LeCun et al., 1998"),
    WALK_THROUGH,
    PublishedResult("Support vector machine", 0.8, "LeCun et al., 1998 (virtual SVM, degree 9)"),
    PublishedResult("MLP with distortions", 0.7, "Simard et al., 2003"),
    PublishedResult("Deep MLP with distortions", 0.35, "Cireşan et al., 2010"),
    PublishedResult("Committee of 35 CNNs", 0.23, "Cireşan et al., 2012"),
)
