"""What a file says of each unit, as a digest: by it a later file knows which of its sheets would be as they were.

The day is not part of it: a street of which nothing changed has the same digest a month later.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.leaving.content import Layer, Leaving
    from app.domain.leaving.figures import Level

WHOLE: Final = ""  # the file as a whole, among its units
_LEVELS: Final = ("district", "street", "community")  # of which there are sheets
_HEX: Final = 16  # digits kept of a digest


def sheets_of(leaving: Leaving) -> dict[str, str]:
    """Return the digest of the whole file, by "", and of each district, street and community, by its code.

    A unit's has its own row and those of the units in it, what lies in it with outlines, and how it was counted.
    """
    said: dict[str, list[Any]] = defaultdict(list)
    for asked in (leaving, *leaving.further):
        head = [
            asked.measure,
            asked.weight,
            asked.count,
            asked.kind,
            asked.by,
            asked.lang,
            asked.audience.value,
        ]
        head += [asked.profile, asked.rule, asked.crs, asked.review_number, asked.say(asked.definition)]
        units = [code for name in _LEVELS if name in asked.levels for code in _codes(asked.levels[name])]
        for code in (WHOLE, *units):
            said[code].append(head)
        for level in asked.levels.values():
            _say_level(said, level, _above(asked.layers.get(level.name)))
        for layer in asked.layers.values():
            _say_layer(said, layer)
    return {code: _digest(parts) for code, parts in said.items() if code == WHOLE or _is_unit(leaving, code)}


def is_as_it_was(now: Mapping[str, str], then: Mapping[str, str], unit: str = WHOLE) -> bool:
    """Whether a file, or what it says of a unit, would be as it was."""
    return unit in then and now.get(unit) == then[unit]


def _codes(level: Level) -> list[str]:
    return [row.code for row in level.rows]


def _is_unit(leaving: Leaving, code: str) -> bool:
    return any(code in _codes(leaving.levels[name]) for name in _LEVELS if name in leaving.levels)


def _above(layer: Layer | None) -> dict[str, list[str]]:
    """Return which units each unit lies in, as its layer's columns say."""
    if layer is None:
        return {}
    names = [name for name in _LEVELS if name in layer.column_names]
    codes = layer.values("code")
    columns = [layer.values(name) for name in names]
    return {
        str(code): [str(column[at]) for column in columns if column[at] is not None]
        for at, code in enumerate(codes)
    }


def _say_level(said: dict[str, list[Any]], level: Level, above: Mapping[str, list[str]]) -> None:
    for row in level.rows:
        cells = [level.name, row.code, row.name, *row.cells(), row.is_hidden]
        for unit in {WHOLE, row.code, *above.get(row.code, ())}:
            said[unit].append(cells)
    for row in (level.unplaced, level.total):
        said[WHOLE].append([level.name, row.name, *row.cells(), row.is_hidden])


def _say_layer(said: dict[str, list[Any]], layer: Layer) -> None:
    names = layer.column_names
    places = [names.index(name) for name in _LEVELS if name in names]
    own = names.index("code") if "code" in names and layer.name in _LEVELS else None
    wkb = shapely.to_wkb(layer.outlines, hex=True)
    for row, outline in zip(layer.rows, wkb, strict=True):
        units = {WHOLE, *(str(row[place]) for place in places if row[place] is not None)}
        if own is not None:
            units.add(str(row[own]))
        for unit in units:
            said[unit].append([layer.name, *row, outline])


def _digest(parts: list[Any]) -> str:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HEX]
