"""Rows whose outline lies elsewhere than the unit that they record: taken as they say, and told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from app.domain.identity.units import LEVELS
from app.domain.kinds import KINDS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from app.exchange.mapping.columns import Columns

_HALF: Final = 0.5  # of its area that a record has in its unit at least
_NAMED: Final = 6  # rows that a note names


def elsewhere(
    dataset: Dataset, columns: Columns, rows: Iterable[tuple[int, Record, BaseGeometry | None]]
) -> list[Text]:
    """Return what is said of rows (number, record as it is written) of which most lies outside the lowest unit that is recorded.

    Only units with an outline can tell. The registry places a record by its outline within what it records.
    """
    found: list[tuple[int, Record, str, Record]] = []
    for number, record, _ in rows:
        at = _unit(dataset, record)
        if at is not None and record.geometry is not None and _is_outside(record.geometry, at[1].geometry):
            found.append((number, record, *at))
    if not found:
        return []
    zh = "；".join(_told(columns, one).zh for one in found[:_NAMED])
    en = "; ".join(_told(columns, one).en for one in found[:_NAMED])
    more = len(found) - _NAMED
    return [
        Text(
            f"{len(found)} 行的边界大半不在它写的单位里，照写的登记：{zh}{f'；另有 {more} 行' if more > 0 else ''}。核对那一列，或核对坐标。",
            f"{len(found)} rows lie mostly outside the unit that they name, and are taken as written: {en}{f'; and {more} more' if more > 0 else ''}. Look at the column, or at the coordinates.",
        )
    ]


def _unit(dataset: Dataset, record: Record) -> tuple[str, Record] | None:
    """Return the lowest level that a record says, and its unit, if that has an outline."""
    fields = KINDS[record.kind].by_name
    for level in reversed(LEVELS):
        code = record.get(level) if level in fields else None
        unit = None if code is None else dataset.find(str(code))
        if unit is not None and unit.geometry is not None and shapely.area(unit.geometry) > 0:
            return level, unit
    return None


def _is_outside(shape: BaseGeometry, unit: BaseGeometry | None) -> bool:
    if unit is None:
        return False
    if shapely.intersects(unit, shapely.point_on_surface(shape)):
        return False
    area = float(shapely.area(shape))
    return area == 0 or float(shapely.area(shapely.intersection(shape, unit))) < area * _HALF


def _told(columns: Columns, one: tuple[int, Record, str, Record]) -> Text:
    number, record, level, unit = one
    words = KINDS[record.kind].by_name[level].words
    column = columns.heading(level) or level
    name = record.text("name") if "name" in KINDS[record.kind].index else record.code
    shown_zh = column if level in columns.of else words.zh
    shown_en = column if level in columns.of else words.en.lower()
    return Text(
        f"第 {number} 行 {name}（{shown_zh}写着 {unit.text('name')}）",
        f"row {number} {name} ({shown_en}: {unit.text('name')})",
    )
