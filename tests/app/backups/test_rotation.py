"""Which backups stay: the last openings, days and months in their sequence, within a size."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from app.persistence.backups.listing import HAND, OPENING, STEP, Backup, Known
from app.persistence.backups.place import Rules
from app.persistence.backups.rotation import to_drop

START = datetime(2026, 1, 1, 9).astimezone()


def copy(number, at, *, slot=None, why=OPENING, is_good=True, size=1):
    known = Known(
        registry="r",
        seq=number,
        slot=slot or f"opening {number}",
        records=1,
        size=size,
        changed_ns=0,
        verified_at="2026" if is_good else None,
    )
    return Backup(path=Path(f"{number}.gpkg"), number=number, at=at, why=why, size=size, known=known)


def left(copies, rules=None):
    """Make the copies one after the other, letting go of what goes each time; return the numbers that stay."""
    kept = []
    for one in copies:
        kept.insert(0, one)
        gone = to_drop(kept, rules or Rules())
        kept = [k for k in kept if k not in gone]
    return [k.number for k in reversed(kept)]


def test_that_the_last_openings_days_and_months_stay():
    """Two openings a day for two years: the last ten, and one a day for 30 days, one a month for twelve."""
    copies = [copy(n, START + timedelta(hours=12 * n)) for n in range(1460)]
    stay = left(copies)
    days = {c.at.date() for c in copies if c.number in stay}
    months = {(c.at.year, c.at.month) for c in copies if c.number in stay}
    assert stay[-10:] == list(range(1450, 1460))
    assert sorted(days)[-30:] == [(copies[-1].at - timedelta(days=d)).date() for d in range(29, -1, -1)]
    assert len(months) == 12
    assert len(stay) <= 10 + 30 + 12


def test_that_the_order_is_the_sequence_whatever_the_clock_says():
    """A clock that jumps to 1970 and to 2066 between two openings takes the newest of none."""
    years = [2026, 1970, 2026, 2066, 2026] * 8
    copies = [copy(n, START.replace(year=year) + timedelta(days=n)) for n, year in enumerate(years)]
    stay = left(copies)
    assert stay[-10:] == list(range(30, 40))


def test_that_of_one_opening_the_last_good_copy_stays():
    copies = [copy(n, START, slot="one", is_good=n != 3) for n in range(4)]
    assert left(copies) == [2]


def test_that_what_a_hand_made_and_what_was_before_a_newer_version_outlives_openings():
    copies = [copy(1, START, why=STEP), copy(2, START, why=HAND)]
    copies += [copy(n, START + timedelta(hours=n)) for n in range(3, 40)]
    assert left(copies, Rules(days=1, months=1))[:2] == [1, 2]


def test_that_the_size_takes_openings_first_then_days_then_months_and_never_the_newest_good_one():
    copies = [copy(n, START + timedelta(days=n)) for n in range(60)]
    copies += [copy(60 + n, START + timedelta(days=60, minutes=n)) for n in range(10)]
    assert left(copies, Rules(days=5)) == [30, 56, 57, 58, 59, *range(60, 70)]
    assert left(copies, Rules(days=5, most_bytes=8)) == [30, 56, 57, 58, 59, 67, 68, 69]
    assert left(copies, Rules(days=5, most_bytes=4)) == [30, 58, 59, 69]
    assert left(copies, Rules(days=5, most_bytes=1)) == [69]
    damaged = [copy(1, START, size=9), copy(2, START, size=9, is_good=False)]
    assert left(damaged, Rules(most_bytes=5)) == [1]
