"""Edits of another program in words: what stood in a cell and what stands there now, outlines by their size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.field_words import field_words
from app.persistence.foreign.found import ADDED, DELETED
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from app.services.keeping.foreign import Cell, FoundEdit
    from app.services.registry.registry import Registry

NOTHING: Final = Text("无", "none")
_WHAT: Final = {
    "changed": Text("改", "changed"),
    "added": Text("加", "added"),
    "deleted": Text("删", "deleted"),
}
_WHOLE: Final = Text("整条", "the record")
_THERE: Final = Text("有", "there")
_GUARD: Final = Text("校验", "checksum")
_OTHER: Final = Text("与写下时不同", "not as written")
_OUTLINE: Final = Text("{} 个点，{}", "{: point|points}, {}")
_UNKNOWN: Final = Text("不知道", "not known")


def what_words(edit: FoundEdit) -> Text:
    """Return what was done to a record, in a word."""
    return _WHAT[edit.what]


def cell_words(registry: Registry, edit: FoundEdit, lang: str) -> list[tuple[str, str, str]]:
    """Return every cell that differs: what it is called, what stood there, what stands there now."""
    people = PeopleWords(registry.dataset, registry.profile, lang)
    if not edit.cells:
        return [(_GUARD.in_(lang), "", _OTHER.in_(lang))]
    return [_cell(registry, people, edit, cell, lang) for cell in edit.cells]


def short_words(registry: Registry, edit: FoundEdit, lang: str) -> tuple[str, str, str]:
    """Return one line for an edit: the first cell, or that the whole record came or went."""
    if edit.what in (ADDED, DELETED):
        sides = (NOTHING, _THERE) if edit.what == ADDED else (_THERE, NOTHING)
        return (_WHOLE.in_(lang), sides[0].in_(lang), sides[1].in_(lang))
    return cell_words(registry, edit, lang)[0]


def _cell(
    registry: Registry, people: PeopleWords, edit: FoundEdit, cell: Cell, lang: str
) -> tuple[str, str, str]:
    name = field_words(edit.kind, cell.field, registry.profile).in_(lang)
    if cell.field == "geometry":
        shapes = [None if side is None else shapely.from_wkt(side) for side in (cell.before, cell.after)]
        before, after = (_outline(registry, people, shape, lang) for shape in shapes)
        return name, before, after
    empty = _UNKNOWN if not edit.can_turn_back and not edit.foreign.told else NOTHING
    before, after = (people.field(edit.kind, cell.field, side) for side in (cell.before, cell.after))
    return name, before or empty.in_(lang), after or NOTHING.in_(lang)


def _outline(registry: Registry, people: PeopleWords, shape: BaseGeometry | None, lang: str) -> str:
    if shape is None:
        return NOTHING.in_(lang)
    if isinstance(shape, shapely.Point):
        return f"{shape.x:.6f} {shape.y:.6f}"
    plane = registry.zone.to_metres(np.array([shape], dtype=object))[0]
    points = int(shapely.get_num_coordinates(shape))
    return _OUTLINE.format(points, people.derived("area_m2", float(shapely.area(plane)))).in_(lang)
