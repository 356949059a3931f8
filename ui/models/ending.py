"""An act that ends, removes or replaces something, as a panel asks for it: its day and its reason are still to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.domain.edits import Changes

WITHOUT: Final = Text("从哪天起没有", "First day without it")
FROM: Final = Text("从哪天起", "From")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """``act`` takes the day (None = today) and the reason, writes one change and returns it."""

    title: Text
    commit: Text
    act: Callable[[date | None, str], Changes]
    said: Text | Callable[[Changes], Text]
    day: Text = WITHOUT
    notes: tuple[Text, ...] = ()
