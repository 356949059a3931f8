"""Desks in words: who has the registry open, what is theirs, since when, and what they are at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import LEVELS
from app.text import Text
from ui.models.change_words import when_words
from ui.models.named import display_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.desk import Desk

_ME: Final = Text("{}（您）", "{} (you)")
_EVERYTHING: Final = Text("全区", "the whole district")
_SINCE: Final = Text("{} 起在", "here since {}")
_WROTE: Final = Text("{} 写过", "wrote {}")
_EDITS: Final = Text("正在改 {}", "editing {}")
_AND_MORE: Final = Text("…还有 {} 台", "… and {} more")
_ALONE: Final = Text("只有您在", "Only you are here")
_HERE: Final = Text("{} 人在", "{} here")
_DESKS: Final = Text("{} 人 {} 台在", "{: person|people}, {: desk|desks} here")
_MOST: Final = 5


def desk_words(desks: Sequence[Desk], dataset: Dataset, lang: str) -> list[str]:
    """Return a line for each desk, those of others first; of a crowd the first few."""
    order = sorted(desks, key=lambda desk: (desk.is_me, not desk.record, desk.login))
    lines = [_line(desk, dataset, lang) for desk in order[:_MOST]]
    rest = len(desks) - _MOST
    return [*lines, _AND_MORE.in_(lang).format(rest)] if rest > 0 else lines


def count_words(desks: Sequence[Desk]) -> Text:
    """Return how many there are."""
    people = {desk.login for desk in desks}
    if len(desks) == 1:
        return _ALONE
    return _HERE.format(len(people)) if len(people) == len(desks) else _DESKS.format(len(people), len(desks))


def my_units(desks: Sequence[Desk], dataset: Dataset) -> dict[str, str]:
    """Return the units of this desk's login and their names; none where it has the whole district."""
    mine = next((desk for desk in desks if desk.is_me), None)
    found = [dataset.find(code) for _, code in mine.units if code] if mine is not None else []
    return {record.code: record.text("name") for record in found if record is not None}


def _line(desk: Desk, dataset: Dataset, lang: str) -> str:
    who = _ME.in_(lang).format(desk.login) if desk.is_me else desk.login
    units = [_unit(level, code, dataset, lang) for level, code in desk.units]
    parts = [who, "、".join(units), _SINCE.in_(lang).format(when_words(desk.since.isoformat(), lang))]
    if desk.wrote is not None:
        parts.append(_WROTE.in_(lang).format(when_words(desk.wrote.isoformat(), lang)))
    if desk.record:
        record = dataset.find(desk.record)
        if record is not None:
            parts.append(_EDITS.in_(lang).format(display_name(record, lang)))
    return " · ".join(part for part in parts if part)


def _unit(level: str, code: str, dataset: Dataset, lang: str) -> str:
    record = dataset.find(code) if level in LEVELS and code else None
    return _EVERYTHING.in_(lang) if record is None else record.text("name")
