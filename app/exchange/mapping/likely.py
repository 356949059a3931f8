"""Which kind of record a file most likely holds: by its name, its headings, and how large what it draws is."""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.kinds import KINDS, OFFERED_KINDS, UNIT_KINDS
from app.exchange.headings import PLACE_FIELDS, normalised
from app.exchange.mapping.columns import naming_fields
from app.exchange.mapping.forms import called, headings_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.exchange.reader import Source

_LOOKED_AT: Final = 40  # rows at the top of a sheet in which headings are looked for
_LETTERS: Final = 24  # of a cell that may be a heading
_NAMED: Final = 3.0  # what a name says, in columns understood
_NAMING: Final = 1.5  # what a heading of the field that names a record says beyond its column
_LEAST: Final = 2.0  # that must speak for a kind
_MARGIN: Final = 1.0  # by which a kind must lead to be proposed
_DEGREE: Final = 111.32  # [km]
_PLACES: Final = frozenset(PLACE_FIELDS)


def likely_kind(source: Source, profile: Profile, dataset: Dataset) -> tuple[str, Text] | None:
    """Return the kind that a file most likely holds, and what says so; None where nothing says it clearly."""
    kinds = [k for k in OFFERED_KINDS if not source.has_outlines or KINDS[k].is_layer]
    known = {kind: _headings(kind, profile) for kind in kinds}
    texts = _texts(source)
    score = {kind: _understood(kind, known, texts) for kind in kinds}
    named = _named(source, kinds)
    if named is not None:
        score[named] += _NAMED
    first, second, *_ = sorted(kinds, key=lambda kind: -score[kind])
    if score[first] >= _LEAST and score[first] - score[second] >= _MARGIN:
        by = Text("文件名或表名", "its name") if first == named else Text("列名", "its headings")
        if _size_fits(source, first):
            return first, by
    return _by_size(source, dataset)


def _headings(kind: str, profile: Profile) -> dict[str, str]:
    """Return heading → field of a kind, as headings are compared."""
    of_field = headings_of(kind, profile).of_field
    return {heading: field for field, of in of_field.items() if field not in _PLACES for heading in of}


def _texts(source: Source) -> set[str]:
    """Return what may be a heading, as headings are compared."""
    if source.columns is not None:
        cells: Iterable[object] = source.columns
    else:
        cells = (c for sheet in source.sheets for row in sheet.rows[:_LOOKED_AT] for c in row)
    return {normalised(cell) for cell in cells if isinstance(cell, str) and len(cell) <= _LETTERS} - {""}


def _understood(kind: str, known: Mapping[str, Mapping[str, str]], texts: Iterable[str]) -> float:
    """Return how many columns a kind understands; what few kinds understand says more, and what names its records most."""
    fields = {known[kind][text]: text for text in texts if text in known[kind]}
    shares = (1 / sum(text in of for of in known.values()) for text in fields.values())
    naming = any(field in fields for field in naming_fields(kind) if field in ("name", "credit_code"))
    return len(fields) + sum(shares) + (_NAMING if naming else 0)


@cache
def _words() -> tuple[tuple[str, str], ...]:
    """Return the words that name a kind in the name of a file, the longest first; a word of several kinds names none."""
    found: dict[str, set[str]] = {}
    for kind, of in OFFERED_KINDS.items():
        for word in (*called(kind), kind, of.table):
            if len(word) > 1:
                found.setdefault(word, set()).add(kind)
    pairs = [(word, next(iter(kinds))) for word, kinds in found.items() if len(kinds) == 1]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _named(source: Source, kinds: list[str]) -> str | None:
    """Return the kind that the name of a sheet or layer says, else that of the file: the word that stands last in it."""
    for name in dict.fromkeys((source.layer or "", source.path.stem)):
        text = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name).casefold())
        ends = [
            (text.rfind(word) + len(word), len(word), kind) for word, kind in _words() if _stands(word, text)
        ]
        found = max(ends, default=None)
        if found is not None and found[2] in kinds:
            return found[2]
    return None


def _stands(word: str, text: str) -> bool:
    """Whether a word stands in a text; one of Latin letters as a whole word."""
    return re.search(rf"\b{re.escape(word)}\b", text) is not None if word.isascii() else word in text


def _square_km(source: Source) -> float | None:
    """Return the size of the middle one of what a source draws; None where it draws no area."""
    shapes = (
        [row.outline for row in source.rows[:500] if row.outline is not None] if source.has_outlines else []
    )
    areas = shapely.area(np.array(shapes, dtype=object)) if shapes else np.array([])
    areas = areas[areas > 0]
    if not len(areas):
        return None
    middle = float(np.median(areas))
    left, bottom, right, top = shapely.total_bounds(np.array(shapes, dtype=object))
    if max(abs(left), abs(right)) <= 180 and max(abs(bottom), abs(top)) <= 180:
        across = min(abs(bottom), abs(left))  # whichever of the two is the latitude
        return middle * _DEGREE**2 * math.cos(math.radians(min(across, 60)))
    return middle / 1e6


def _size_fits(source: Source, kind: str) -> bool:
    size, (least, most) = _square_km(source), KINDS[kind].usual_km2
    return size is None or least <= size <= most


def _by_size(source: Source, dataset: Dataset) -> tuple[str, Text] | None:
    """Return the widest level that is still missing and that what is drawn is large enough for."""
    size = _square_km(source)
    if size is None or size <= KINDS["compounds"].usual_km2[1]:
        return None
    for kind in UNIT_KINDS:
        low, high = KINDS[kind].usual_km2
        if low <= size <= high and not dataset.of(kind):
            by = Text(
                "范围大小和台账里还缺的一级", "the size of what it draws and the level that is missing here"
            )
            return kind, by
    return None
