"""What is never typed in: places, areas and the three-no status of records (reference 6, ``derived``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.places.places import COUNTED
from app.coverage.places.units import NOWHERE
from app.coverage.record_places import units_of
from app.coverage.results import Derived, Part, ThreeNo
from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS, Where, kinds_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.coverage.answers import Answers
    from app.coverage.book import Book
    from app.coverage.places.units import Units
    from app.domain.record import Record

_COUNTED: Final = frozenset(kind.name for kind in kinds_in(Where.TOTALS))


def three_no_of(book: Book, code: str, day: date) -> ThreeNo:
    """Return the derived status of a compound with each part of the profile's rule."""
    answers = book.on(day)
    return ThreeNo(
        status=str(answers.three_no(code).answer),
        rule=book.profile.three_no.label,
        parts=tuple(
            Part(part=name, answer=str(verdict.answer), reason=verdict.reason, because=verdict.because)
            for name, verdict in answers.three_no_parts(code)
        ),
    )


def derived_of(book: Book, kind: str, day: date, codes: Sequence[str]) -> dict[str, Derived]:
    """Return what is derived of records of one kind on a day."""
    if kind in UNIT_KINDS:
        return _of_units(book, UNIT_KINDS.index(kind), day, codes)
    if KINDS[kind].is_layer:
        return _of_placed(book, kind, day, codes)
    if kind == "firms":
        answers = book.on(day)
        units = book.places.units(day)
        return {code: _derived(units, answers.firm_line(code, None)) for code in codes}
    if kind in _COUNTED:
        answers = book.on(day)
        lines = [units_of(answers, kind, codes, level) for level in LEVELS]
        return {
            code: Derived(district=line[0], street=line[1], community=line[2], grid=line[3])
            for code, line in zip(codes, zip(*lines, strict=True), strict=True)
        }
    return {code: Derived() for code in codes}


def _derived(
    units: Units,
    line: Sequence[int],
    *,
    three_no: str | None = None,
    area_m2: float | None = None,
    middle: Sequence[float] = (np.nan, np.nan),
) -> Derived:
    codes = [
        None if place == NOWHERE else level.codes[place]
        for level, place in zip(units.levels, line, strict=True)
    ]
    return Derived(
        three_no=three_no,
        district=codes[0],
        street=codes[1],
        community=codes[2],
        grid=codes[3],
        area_m2=area_m2,
        lon=_number(middle[0]),
        lat=_number(middle[1]),
    )


def _of_units(book: Book, level: int, day: date, codes: Sequence[str]) -> dict[str, Derived]:
    units = book.places.units(day)
    here = units.levels[level]
    there = [(code, here.position[code]) for code in codes if code in here.position]
    outlines = here.outlines[[place for _, place in there]]
    areas = shapely.area(outlines)
    middles = _middles(book, outlines)
    found = dict.fromkeys(codes, Derived())
    for (code, place), area, middle in zip(there, areas.tolist(), middles.tolist(), strict=True):
        line = here.ancestors[place].tolist()
        line[level] = place
        found[code] = _derived(units, line, area_m2=_number(area), middle=middle)
    return found


def _of_placed(book: Book, kind: str, day: date, codes: Sequence[str]) -> dict[str, Derived]:
    answers = book.on(day)
    units = book.places.units(day)
    subjects = book.places.subjects(kind)
    rows = subjects.rows_of(codes, day)
    whole = book.places.placing(day, kind).whole_of(rows).tolist()
    middles = _middles(book, subjects.outlines_of(rows))
    areas = subjects.areas_of(rows)
    counted = book.places.subjects(COUNTED)
    records = book.dataset.of(kind)
    found = {}
    for place, code in enumerate(codes):
        record = records[code]
        line = whole[place]
        if all(unit == NOWHERE for unit in line):
            line = _line_of_owner(answers, record)
        has_three_no = code in counted and answers.is_subject(record)
        area = areas[place]
        found[code] = _derived(
            units,
            line,
            three_no=str(answers.three_no(code).answer) if has_three_no else None,
            area_m2=_number(area) if area > 0 else None,
            middle=middles[place],
        )
    return found


def _line_of_owner(answers: Answers, record: Record) -> list[int]:
    """Return where the compound of a building or station lies, which itself can't be placed."""
    owner = record.on("compound", answers.day) if "compound" in KINDS[record.kind].index else None
    if owner is None or str(owner) not in answers.places.subjects():
        return [NOWHERE] * 4
    return list(answers.line_of(str(owner)))


def _middles(
    book: Book, outlines: np.ndarray[tuple[int], np.dtype[np.object_]]
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Return a point on each outline as longitude and latitude; NaN without outline."""
    points = shapely.point_on_surface(outlines)
    xy = np.column_stack([shapely.get_x(points), shapely.get_y(points)])
    drawn = ~np.isnan(xy[:, 0])
    if drawn.any():
        xy[drawn] = book.places.zone.lonlat(xy[drawn])
    return xy


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
