"""Several files as one zip file: the same content gives the same bytes."""

from __future__ import annotations

import csv
import errno
import io
import zipfile
from typing import TYPE_CHECKING, Final

from app.exchange.formats.plain_text import for_csv
from app.exchange.formats.safe_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from app.domain.leaving.content import Leaving

_WHEN: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can say
ABOUT: Final = "about.csv"
FIGURES: Final = "figures.csv"


def write_zip(path: Path, parts: Mapping[str, bytes]) -> None:
    """Write files under their names. Raises OSError where the zip file does not arrive whole."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _WHEN)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    write_whole(path, made.getvalue())


def parts_of(path: Path) -> dict[str, bytes]:
    """Return the files of a zip file of ours by name; OSError where one of them arrived damaged."""
    with zipfile.ZipFile(path) as archive:
        if (broken := archive.testzip()) is not None:
            raise OSError(errno.EIO, f"{broken} arrived damaged")
        return {name: archive.read(name) for name in archive.namelist()}


def csv_bytes(header: Iterable[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV that spreadsheet programs open as it is: UTF-8 with a mark, no cell that runs."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([for_csv(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def about_files(leaving: Leaving) -> dict[str, bytes]:
    """Return what goes with every zip file: what it says of itself, and the tables of figures with their ends."""
    return {
        ABOUT: csv_bytes(("label", "text"), leaving.notes()),
        FIGURES: csv_bytes(FIGURE_COLUMNS, figure_rows(leaving)),
    }


FIGURE_COLUMNS: Final = (
    "level", "level_words", "code", "name", "covered", "uncovered", "unknown", "total", "rate", "low", "high", "hidden",
)  # fmt: skip


def figure_rows(leaving: Leaving) -> list[tuple[object, ...]]:
    """Return the rows of all tables of figures: of every level its units, then what lies in none, then all."""
    return [
        (
            level.name, leaving.say(level.words), row.code, row.name,
            *map(whole_if_whole, row.cells()), "yes" if row.is_hidden else None,
        )
        for level in leaving.levels.values()
        for row in (*level.rows, level.unplaced, level.total)
    ]  # fmt: skip


def whole_if_whole(number: float | None) -> float | int | None:
    """Return a count that is whole as a whole number: 12 instead of 12.0."""
    return int(number) if number is not None and float(number).is_integer() else number
