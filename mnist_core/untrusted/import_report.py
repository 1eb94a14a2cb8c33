"""The report about an imported model, stored in its run's folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

FILE = "imported.json"  # in the run's folder
TRIAL_DIGITS = 200  # training digits that an imported network is tested on
MIN_RIGHT = TRIAL_DIGITS // 2  # of the trial digits; with fewer the network was probably trained on other data

Words = Annotated[str, Field(max_length=1_000)]


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """An imported model's origin, input range and output, in words, and its accuracy on the trial digits.

    ``normalized``: whether it had batch normalization. ``right``: right predictions for TRIAL_DIGITS training digits.
    """

    origin: Words
    pixels: Words
    answers: Words
    normalized: bool
    right: Annotated[int, Field(ge=0, le=TRIAL_DIGITS)]

    @property
    def sentences(self) -> list[str]:
        """The report in sentences for users."""
        sentences = [f"It is {self.origin}.", f"It wants pixels {self.pixels}.", f"It answers with {self.answers}."]
        if self.normalized:
            sentences.append(
                "Its batch normalization was worked into the weights beside it; its answers stay the same."
            )
        if self.right < MIN_RIGHT:
            sentences.append(
                f"It reads only {self.right} of {TRIAL_DIGITS} training digits, whatever pixels it gets. "
                "Perhaps it was trained on something else, or not at all."
            )
        else:
            sentences.append(f"So it reads {self.right} of {TRIAL_DIGITS} training digits.")
        return sentences

    def save(self, folder: Path) -> None:
        """Write the report to a run's folder."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2))


REPORT_JSON = TypeAdapter(ImportReport)
