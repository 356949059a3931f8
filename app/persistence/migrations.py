"""Numbered steps of the file's schema, a sentence each. A file remembers which it has taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number and what it did, for whoever opens the file in ten years."""

    number: int
    sentence: str


STEPS: Final = (
    Step(
        1,
        "Seven layers, eight attribute tables made from the declared kinds, the journal and the registry's own facts.",
    ),
)
NEWEST: Final = STEPS[-1].number
