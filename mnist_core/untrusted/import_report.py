"""What was found out about a model that was trained elsewhere, and how a run's folder keeps it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

FILE = "imported.json"  # in the run's folder
TRIED = 200  # training digits that it is tried on
FEW = TRIED // 2  # right answers; a network that gives fewer was probably trained on something else


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a model file wants and gives, in words, and how many of TRIED training digits it then reads."""

    origin: str
    pixels: str
    answers: str
    normalized: bool
    right: int

    @property
    def sentences(self) -> list[str]:
        """All of it for people to read."""
        sentences = [f"It is {self.origin}.", f"It wants pixels {self.pixels}.", f"It answers with {self.answers}."]
        if self.normalized:
            sentences.append(
                "Its batch normalization was worked into the weights beside it; its answers stay the same."
            )
        if self.right < FEW:
            sentences.append(
                f"It reads only {self.right} of {TRIED} training digits, whatever pixels it gets. "
                "Perhaps it was trained on something else, or not at all."
            )
        else:
            sentences.append(f"So it reads {self.right} of {TRIED} training digits.")
        return sentences

    def save(self, folder: Path) -> None:
        """Write it into a run's folder."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2))

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """That of the run in ``folder``; None where there is none, or it cannot be read, as it only tells."""
        try:
            return cls(**json.loads((folder / FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return None
