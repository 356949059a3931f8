"""What a split or merge would do, as a value: the parts, and of all that hangs on the old ones what goes where, and why.

Nothing is written until it is accepted. Every proposal can be answered otherwise; what nobody can know is marked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from app.domain.kinds import KINDS
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record


class Group(StrEnum):
    """What sort of thing goes somewhere."""

    NUMBER = "number"  # households, residents … of the record itself
    FIELD = "field"  # a value of the record itself, where merged ones differ
    FACT = "fact"
    SCORE = "score"
    COUNT = "count"  # dated counts of households
    TIED = "tied"  # attachments, engagements, relations
    WITHIN = "within"  # what lies in it: buildings, stations, compounds, smaller units
    ABOUT = "about"  # what names it without a place: cases, entries, firms
    WAIVER = "waiver"


@dataclass(frozen=True, slots=True)
class Target:
    """A record that goes on: a part of a split, or what a merge makes. ``area_m2`` in the registry's zone."""

    record: Record
    area_m2: float
    share: float

    @property
    def code(self) -> str:
        """Its code."""
        return self.record.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that hung on a record that ends.

    Attributes
    ----------
    key
        How a choice names it: a row's code, a fact's key, a field.
    rows
        The rows that it stands for, as they are now; () where it is a value of the record itself.
    field
        The reference in ``rows`` that names the old record, "" where there is none.
    said
        What it is, for people.
    choices
        What it may go to, in words: the parts of a split; of a merge, whose value is taken, or the one record.
    to
        Places in ``choices``; () = it stays with the old record.
    may_share
        Whether it may go to several.
    may_stay
        Whether it may go to none.
    is_asked
        Whether nobody but the user can know.

    """

    key: str
    group: Group
    source: str
    said: Text
    choices: tuple[str, ...]
    to: tuple[int, ...]
    reason: Text
    rows: tuple[Record, ...] = ()
    field: str = ""
    may_share: bool = False
    may_stay: bool = True
    is_asked: bool = False

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return ``{key, group, from, what, to, reason, asked}``."""
        return {
            "key": self.key,
            "group": self.group.value,
            "from": self.source,
            "what": self.said.in_(lang),
            "to": [self.choices[place] for place in self.to],
            "reason": self.reason.in_(lang),
            "asked": self.is_asked,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A count that is shared out or added up. ``before``: of each record that ends; ``after``: of each that goes on.

    None is unknown, and stays so. ``is_estimate``: no source says ``after``.
    """

    key: str
    said: Text
    before: tuple[int | None, ...]
    after: tuple[int | None, ...]
    reason: Text
    is_estimate: bool = False
    is_asked: bool = False

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return ``{key, what, before, after, reason, estimate, asked}``."""
        return {
            "key": self.key,
            "what": self.said.in_(lang),
            "before": list(self.before),
            "after": list(self.after),
            "reason": self.reason.in_(lang),
            "estimate": self.is_estimate,
            "asked": self.is_asked,
        }


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a split or merge would do on a day.

    Attributes
    ----------
    verb
        "split" or "merge".
    ended
        The records that end the day before, as they are now.
    into
        The record that goes on, as it is now; None where all end.
    targets
        The records that go on from the day.
    notes
        What is to be known besides.
    neighbours
        Code → outline (degrees) of records beside that get a vertex on a border that they share.
    seen
        Id and version of everything that was looked at.

    """

    verb: str
    day: date
    ended: tuple[Record, ...]
    targets: tuple[Target, ...]
    items: tuple[Item, ...]
    numbers: tuple[Number, ...]
    into: Record | None = None
    notes: tuple[Text, ...] = ()
    neighbours: Mapping[str, BaseGeometry] = field(default_factory=dict)
    seen: frozenset[tuple[str, int]] = frozenset()

    def counted(self, place: int | None) -> int:
        """Return how many things go to a target; None = how many stay."""
        if place is None:
            return sum(not item.to for item in self.items)
        if self.verb == "merge":
            return sum(bool(item.to) for item in self.items)
        return sum(place in item.to for item in self.items)

    @property
    def asked(self) -> int:
        """How many answers only the user can know."""
        return sum(item.is_asked for item in self.items) + sum(number.is_asked for number in self.numbers)

    def with_choice(self, key: str, to: Sequence[int]) -> Plan:
        """Return the plan with one thing going elsewhere: places in its ``choices``, () = it stays.

        Raises InvalidInput where it can't go there.
        """
        item = self.item(key)
        places = tuple(dict.fromkeys(to))
        said = _misplaced(item, places)
        if said is not None:
            raise InvalidInput(said, (Problem(message=said, column=key),))
        chosen = replace(item, to=places, reason=_CHOSEN, is_asked=False)
        return replace(self, items=tuple(chosen if one is item else one for one in self.items))

    def with_number(self, key: str, after: Sequence[int | None]) -> Plan:
        """Return the plan with a count shared out otherwise. Raises InvalidInput for too many or negative numbers."""
        number = next((number for number in self.numbers if number.key == key), None)
        if number is None:
            raise _unknown(key, [number.key for number in self.numbers])
        if len(after) != len(self.targets) or any(value is not None and value < 0 for value in after):
            said = Text(
                f"{number.said.zh}要写 {len(self.targets)} 个不小于 0 的数，用 / 隔开，不知道的写 ?。",
                f"{number.said.en}: write {len(self.targets)} numbers, none below 0, with / between them, ? where nobody knows.",
            )
            raise InvalidInput(said, (Problem(message=said, column=key),))
        said_otherwise = replace(
            number, after=tuple(after), reason=_CHOSEN, is_estimate=False, is_asked=False
        )
        return replace(self, numbers=tuple(said_otherwise if one is number else one for one in self.numbers))

    def with_name(self, place: int, name: str) -> Plan:
        """Return the plan with a record that goes on called otherwise."""
        target = self.targets[place]
        if "name" not in KINDS[target.record.kind].index:
            return self
        called = replace(target, record=target.record.with_values(name=name.strip() or None))
        items = tuple(item for item in self.items if (item.group, item.key) != (Group.FIELD, "name"))
        targets = (*self.targets[:place], called, *self.targets[place + 1 :])
        return replace(self, targets=targets, items=items)

    def with_words(self, choices: Mapping[str, str]) -> Plan:
        """Return the plan with choices as a user writes them.

        ``1`` to n or a code = that one, ``all``, ``none`` = it stays; numbers as ``120/80``. Raises InvalidInput.
        """
        plan = self
        for key, written in choices.items():
            if any(number.key == key for number in plan.numbers):
                plan = plan.with_number(key, numbers_in(written, key))
            else:
                plan = plan.with_choice(key, _places_in(plan.item(key), written))
        return plan

    def item(self, key: str) -> Item:
        """Return the thing that a choice names. Raises InvalidInput that lists them."""
        found = next((item for item in self.items if item.key == key), None)
        if found is None:
            raise _unknown(key, [item.key for item in self.items] + [number.key for number in self.numbers])
        return found

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return ``{day, ended, parts, items, numbers, notes}``."""
        return {
            "day": self.day.isoformat(),
            "ended": [record.code for record in self.ended],
            "parts": [
                {
                    "code": target.code,
                    "name": target.record.get("name"),
                    "area_m2": target.area_m2,
                    "share": target.share,
                }
                for target in self.targets
            ],
            "items": [item.as_json(lang) for item in self.items],
            "numbers": [number.as_json(lang) for number in self.numbers],
            "notes": [note.in_(lang) for note in self.notes],
        }


_CHOSEN = Text("您定的", "as you decided")


def _misplaced(item: Item, places: tuple[int, ...]) -> Text | None:
    """Return why a thing can't go there, or None."""
    if not places and not item.may_stay:
        return Text(f"{item.said.zh}要归到一份里。", f"{item.said.en} must go to one of them.")
    if len(places) > 1 and not item.may_share:
        return Text(f"{item.said.zh}只能归一份。", f"{item.said.en} can go to one alone.")
    if any(not 0 <= place < len(item.choices) for place in places):
        return Text(
            f"{item.said.zh}能归的是：{'、'.join(item.choices)}。",
            f"{item.said.en} can go to {', '.join(item.choices)}.",
        )
    return None


def _places_in(item: Item, written: str) -> tuple[int, ...]:
    text = written.strip()
    if text in ("all", "全部"):
        return tuple(range(len(item.choices)))
    if text in ("none", "stay", "不动", ""):
        return ()
    places = []
    for part in text.replace("，", ",").replace("、", ",").split(","):
        word = part.strip()
        if word in item.choices:
            places.append(item.choices.index(word))
        else:
            places.append(int(word) - 1 if word.isdecimal() else -1)
    return tuple(places)


def numbers_in(written: str, key: str) -> tuple[int | None, ...]:
    """Return the counts that somebody wrote: ``120/80``, ``?`` where nobody knows. Raises InvalidInput for anything else."""
    values: list[int | None] = []
    for part in written.replace("／", "/").split("/"):
        word = part.strip()
        if word in ("", "?", "？", "unknown", "未知"):
            values.append(None)
        elif word.isdecimal():
            values.append(int(word))
        else:
            said = Text(
                f"看不懂 {written!r}：写成 120/80。", f"{written!r} can't be read; write it like 120/80."
            )
            raise InvalidInput(said, (Problem(message=said, column=key, value=written),))
    return tuple(values)


def _unknown(key: str, known: Sequence[str]) -> InvalidInput:
    said = Text(
        f"这里没有 {key!r}。有：{'、'.join(known) or '—'}。",
        f"There is no {key!r} here. Known: {', '.join(known) or '—'}.",
    )
    return InvalidInput(said, (Problem(message=said, column=key),))
