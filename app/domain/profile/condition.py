"""Conditions that a profile declares: what must hold of a subject to be in a base, covered, or to have an item.

A condition is a string such as ``party``, ``not owners_committee=elected``, ``engagement=trial|contract`` or
``scheme:five_stars>=3``, or a table ``{ all = […] }``, ``{ any = […] }``, ``{ not = … }`` of conditions. Its
answer is yes, no or unknown; ``app.coverage`` finds it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

# Without an argument. party: an organisation in force is attached; property: an engagement in force;
# has_firm: property, or a survey that says so; firm_party: a serving firm has a party organisation;
# secretary: an organisation in force has its secretary in post; station: one in force stands there.
PLAIN: Final = (
    "party",
    "property",
    "has_firm",
    "three_no",
    "ever_three_no",
    "firm_party",
    "organisation",
    "secretary",
    "engagement",
    "station",
)
WITH_ARGUMENT: Final = ("fact", "link", "scheme", "checklist", "field", "firm")
_FORM: Final = re.compile(
    r"^(?P<not>not\s+)?(?P<name>[a-z][a-z0-9_]*)(:(?P<argument>[A-Za-z0-9_]+))?"
    r"(\s*(?P<operator>!=|>=|=|<)\s*(?P<values>[^=<>!]+))?$"
)


@dataclass(frozen=True, slots=True)
class Term:
    """One test of a subject. ``operator`` is ``""``, ``=``, ``!=``, ``>=`` or ``<``; ``values`` its right side."""

    name: str
    argument: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()
    negated: bool = False

    @property
    def number(self) -> float:
        """The right side of ``>=`` and ``<``."""
        return float(self.values[0])


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by AND (``all``) or OR (``any``)."""

    how: str
    parts: tuple[Condition, ...]
    negated: bool = False


Condition = Term | Joined


class WrongConditionError(ValueError):
    """A condition that says nothing; ``words`` tells what to write instead."""

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words


def read_condition(raw: object, *, negated: bool = False) -> Condition:
    """Return the condition that a profile's value declares; raise WrongConditionError where it is none."""
    if isinstance(raw, str):
        return _read_term(raw, negated=negated)
    if isinstance(raw, dict) and len(raw) == 1:
        how, inner = next(iter(raw.items()))
        if how == "not":
            return read_condition(inner, negated=not negated)
        if how in ("all", "any") and isinstance(inner, list) and inner:
            return Joined(how, tuple(read_condition(part) for part in inner), negated)
    raise WrongConditionError(
        Text(
            f"{raw!r} 不是条件。写一个词，或 {{ all = […] }}、{{ any = […] }}、{{ not = … }}。",
            f"{raw!r} is no condition: write a word, or {{ all = […] }}, {{ any = […] }}, {{ not = … }}.",
        )
    )


def terms_of(condition: Condition) -> Iterator[Term]:
    """Return every term of a condition, from left to right."""
    if isinstance(condition, Term):
        yield condition
    else:
        for part in condition.parts:
            yield from terms_of(part)


def _read_term(raw: str, *, negated: bool) -> Term:
    found = _FORM.match(raw.strip())
    if found is None:
        raise WrongConditionError(
            Text(
                f"条件 {raw!r} 读不懂。写法如 party、not gate_guard、owners_committee=elected、scheme:stars>=3。",
                f"The condition {raw!r} can't be read. Write such as party, not gate_guard, owners_committee=elected, scheme:stars>=3.",
            )
        )
    name, argument = found["name"], found["argument"] or ""
    if not argument and name not in PLAIN:  # a fact's bare key
        name, argument = "fact", name
    elif argument and name not in WITH_ARGUMENT:
        raise WrongConditionError(
            Text(
                f"没有 {name}:…。可用：{'、'.join(WITH_ARGUMENT)}。",
                f"There is no {name}:…; there are {', '.join(WITH_ARGUMENT)}.",
            )
        )
    operator = found["operator"] or ""
    values = tuple(value.strip() for value in (found["values"] or "").split("|") if value.strip())
    if operator and not values:
        raise WrongConditionError(Text(f"{raw!r} 缺右边的值。", f"{raw!r} lacks its right side."))
    if operator in (">=", "<"):
        try:
            float(values[0])
        except ValueError as error:
            raise WrongConditionError(
                Text(f"{values[0]!r} 不是数字。", f"{values[0]!r} is not a number.")
            ) from error
    return Term(name, argument, operator, values, negated != (found["not"] is not None))
