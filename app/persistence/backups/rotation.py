"""Which backups stay: by their sequence, never by the clock, which may be wrong in either direction."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from app.persistence.backups.listing import HAND, STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from app.persistence.backups.listing import Backup
    from app.persistence.backups.place import Rules

_ALWAYS: Final = (HAND, STEP)  # stay until room is short


def to_drop(backups: Sequence[Backup], rules: Rules) -> list[Backup]:
    """Return those of one registry's backups (newest first) that go.

    Kept is the last good one of each of the last openings, of as many days and months, and what was asked for by hand
    or made before a newer version. A day ends where the next copy in the sequence is of another one: a clock that
    jumps makes days, it doesn't mix them. Where all that is more than the size allowed, openings go first, then days,
    then months, each oldest first; the newest good one always stays.
    """
    slots = list(dict.fromkeys(one.slot for one in backups))[: rules.openings]
    openings = [_last_good([one for one in backups if one.slot == slot]) for slot in slots]
    days = _last_of(backups, rules.days, _day)
    months = _last_of(backups, rules.months, lambda one: _day(one).replace(day=1))
    always = [one for one in backups if one.why in _ALWAYS]
    kept = {one.path for one in (*openings, *days, *months, *always)}
    newest = next((one for one in backups if one.is_verified), backups[0] if backups else None)
    if newest is not None:
        kept.add(newest.path)
    held = sum(one.size for one in backups if one.path in kept)
    for one in _least_worth_first(backups, days, months, always):
        if held <= rules.most_bytes:
            break
        if one.path in kept and one is not newest:
            kept.discard(one.path)
            held -= one.size
    return [one for one in backups if one.path not in kept]


def _day(one: Backup) -> date:
    return one.at.astimezone().date()


def _last_of(backups: Sequence[Backup], most: int, of: Callable[[Backup], object]) -> list[Backup]:
    """Return the last good copy of each of the last runs of copies of which something is the same."""
    kept = []
    for place, (_, run) in enumerate(groupby(backups, of)):
        if place >= most:
            break
        kept.append(_last_good(list(run)))
    return kept


def _last_good(copies: Sequence[Backup]) -> Backup:
    return next((one for one in copies if one.is_verified), copies[0])


def _least_worth_first(
    backups: Sequence[Backup], days: Iterable[Backup], months: Iterable[Backup], always: Iterable[Backup]
) -> list[Backup]:
    worth = {one.path: 1 for one in days} | {one.path: 2 for one in months} | {one.path: 3 for one in always}
    return sorted(backups, key=lambda one: (worth.get(one.path, 0), one.number))
