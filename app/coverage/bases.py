"""Who a measure asks: the subjects in force on a day that may be in its base, and everybody else with the reason."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.kinds import COUNTED_KINDS, KINDS, LEVELS
from app.domain.profile.declared import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.coverage.answers import Answers
    from app.domain.record import Record

_AMONG_COMPOUNDS: Final = frozenset({"compound", "grid", "firm"})  # their lists name the compounds left out


def candidates(
    answers: Answers, subject: str, kind: str | None, kinds: tuple[str, ...] = COUNTED_KINDS
) -> Iterable[str]:
    """Return the codes of the subjects that count on the day, by code as text.

    ``kind`` (``--kind``) chooses compounds, the buildings of such compounds, and the firms that serve such;
    it never changes units, stations, cases and entries. ``kinds`` count where it is None.
    """
    if subject == "compound":
        return answers.counted(kind, kinds)
    if subject == "firm":
        return answers.served_by_firm(kind)
    if subject in LEVELS:
        return answers.places.units(answers.day).levels[LEVELS.index(subject)].codes
    return [
        record.code
        for record in answers.dataset.in_force(SUBJECTS[subject], answers.day)
        if _counts(answers, record, kind)
    ]


def _counts(answers: Answers, record: Record, kind: str | None) -> bool:
    if record.kind == "buildings":
        return is_building_of(answers, record, kind)
    told_on = KINDS[record.kind].told_on
    told = record.get(told_on) if told_on else None
    return not isinstance(told, date) or told <= answers.day


def is_building_of(answers: Answers, record: Record, kind: str | None) -> bool:
    """Whether ``--kind`` counts a building: by its compound's kind, ``scattered`` where it has none; None: all."""
    if kind is None:
        return True
    owner = record.on("compound", answers.day)
    compound = None if owner is None else answers.dataset.of("compounds").get(str(owner))
    return answers.is_of_kind(record if compound is None else compound, kind)


def left_out_of(
    answers: Answers,
    subject: str,
    outside: Mapping[str, str],
    kind: str | None,
    kinds: tuple[str, ...] = COUNTED_KINDS,
) -> dict[str, str]:
    """Return everybody outside the base, with the first reason that holds.

    ``outside``: those in force and of the kind, but not in the base. Measures of compounds, grids and firms
    name compounds and scattered buildings; those of others name records of their own kind.
    """
    found: dict[str, str] = {}
    if subject in _AMONG_COMPOUNDS:
        for record in answers.subjects():
            if not record.is_in_force(answers.day):
                found[record.code] = "not_in_force"
            elif not answers.is_of_kind(record, kind, kinds):
                found[record.code] = "other_kind"
            elif record.code in outside:
                found[record.code] = outside[record.code]
    else:
        for record in answers.dataset.of(SUBJECTS[subject]).values():
            if not record.is_in_force(answers.day) or (
                KINDS[record.kind].told_on and not _counts(answers, record, kind)
            ):
                found[record.code] = "not_in_force"
            elif subject == "building" and not is_building_of(answers, record, kind):
                found[record.code] = "other_kind"
    for code, reason in outside.items():
        found.setdefault(code, reason)
    return found
