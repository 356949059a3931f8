"""The dictionary in a zipped Shapefile of ours: which short field is which column, and texts too long for it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

FIELDS: Final = "fields.csv"
TEXTS: Final = "texts.csv"
FIELDS_HEAD: Final = ("file", "field", "name", "words_zh", "words_en")
TEXTS_HEAD: Final = ("file", "row", "field", "text")
_LONGEST: Final = 10  # bytes of a field's name
_NOT_PLAIN: Final = re.compile(r"[^a-z0-9_]")


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return for each column a field name of at most 10 letters, digits and "_", each another one, alike every time."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names, key=lambda name: len(name) > _LONGEST):  # short names stay as they are
        plain = _NOT_PLAIN.sub("_", re.sub("^fact_", "f_", name.lower()))
        short, number = plain[:_LONGEST], 1
        while short in taken:
            number += 1
            short = f"{plain[: _LONGEST - len(str(number))]}{number}"
        taken.add(short)
        found[name] = short
    return found


def fields_said(text: str) -> dict[tuple[str, str], str]:
    """Return the column of each file's field; {} for a table that is no such dictionary."""
    rows = csv.reader(io.StringIO(text))
    if tuple(next(rows, ())) != FIELDS_HEAD:
        return {}
    return {(row[0], row[1]): row[2] for row in rows if len(row) == len(FIELDS_HEAD)}


def texts_said(text: str) -> dict[tuple[str, int, str], str]:
    """Return the whole text of each cell that its file holds cut, by file, row from 1, and field."""
    rows = csv.reader(io.StringIO(text))
    if tuple(next(rows, ())) != TEXTS_HEAD:
        return {}
    return {
        (row[0], int(row[1]), row[2]): row[3].removeprefix("'")
        for row in rows
        if len(row) == len(TEXTS_HEAD) and row[1].isdecimal()
    }
