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


def is_candidate(
    answers: Answers, subject: str, kind: str | None, code: str, kinds: tuple[str, ...] = COUNTED_KINDS
) -> bool:
    """Whether this is one of ``candidates``."""
    if subject == "compound":
        return answers.counts(code, kind, kinds)
    if subject == "firm":
        return code in answers.served_by_firm(kind)
    if subject in LEVELS:
        return code in answers.places.units(answers.day).levels[LEVELS.index(subject)].position
    record = answers.dataset.of(SUBJECTS[subject]).get(code)
    return record is not None and record.is_in_force(answers.day) and _counts(answers, record, kind)


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
    records = (
        answers.subjects() if subject in _AMONG_COMPOUNDS else answers.dataset.of(SUBJECTS[subject]).items()
    )
    found: dict[str, str] = {}
    for code, record in records:
        reason = _why_out(answers, record, subject, outside, kind, kinds)
        if reason is not None:
            found[code] = reason
    for code, reason in outside.items():
        found.setdefault(code, reason)
    return found


def why_left_out(
    answers: Answers,
    code: str,
    subject: str,
    outside: Mapping[str, str],
    kind: str | None,
    kinds: tuple[str, ...] = COUNTED_KINDS,
) -> str | None:
    """Return what ``left_out_of`` says of one code; None where it says nothing of it."""
    record = (
        answers.subject(code)
        if subject in _AMONG_COMPOUNDS
        else answers.dataset.of(SUBJECTS[subject]).get(code)
    )
    reason = None if record is None else _why_out(answers, record, subject, outside, kind, kinds)
    return outside.get(code) if reason is None else reason


def _why_out(
    answers: Answers,
    record: Record,
    subject: str,
    outside: Mapping[str, str],
    kind: str | None,
    kinds: tuple[str, ...],
) -> str | None:
    is_in_force = record.is_in_force(answers.day)
    if subject in _AMONG_COMPOUNDS:
        if not is_in_force:
            return "not_in_force"
        return outside.get(record.code) if answers.is_of_kind(record, kind, kinds) else "other_kind"
    if not is_in_force or (KINDS[record.kind].told_on and not _counts(answers, record, kind)):
        return "not_in_force"
    if subject == "building" and not is_building_of(answers, record, kind):
        return "other_kind"
    return None
