"""A desk: somebody's window on a shared registry, as the others may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who is at work, and since when.

    ``units``: the level and code of each unit that is theirs; a district's has everything. ``wrote``: when this login
    wrote last, None before it ever did. ``record``: what record is being edited there (the store says its id, the registry its code), "" where none is or it
    is not whoever asks to see.
    """

    number: int
    login: str
    units: tuple[tuple[str, str], ...]
    since: datetime
    wrote: datetime | None
    record: str
    is_me: bool
