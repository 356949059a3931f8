"""What a panel asks for when something is to become tasks, or tasks are to be moved on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ADD: Final = "add"


@dataclass(frozen=True, slots=True)
class TaskAsk:
    """One act with several at once. ``act``: ``ADD``, or a key of ``app.domain.tasks.ACTS``.

    ``codes``: the subjects of new tasks, else tasks; ``measure`` or ``finding``: what new ones are for; ``why``: offered.
    """

    act: str
    codes: tuple[str, ...]
    measure: str = ""
    finding: str = ""
    why: str = ""
