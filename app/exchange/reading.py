"""What the reading child hands back: plain values, no code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from app.exchange.picture import Cell, Lost, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from app.text import Text

__all__ = ["ALL", "FORMATS", "Cell", "Layer", "Lost", "Reading", "Sheet", "SourceRow", "Unreadable"]

ALL: Final = "all"  # the layer that stands for every sheet of a workbook, every layer of a GeoPackage

FORMATS: Final = {  # extension → format
    ".gpkg": "gpkg",
    ".geojson": "geojson",
    ".json": "geojson",
    ".shp": "shp",
    ".zip": "zip",
    ".parquet": "parquet",
    ".kml": "kml",
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "sheet",
    ".xlsm": "sheet",
    ".xls": "sheet",
    ".et": "sheet",
}


class Unreadable(Exception):
    """The file can't be read; the sentence in both languages, and the row where that is known."""

    def __init__(self, zh: str, en: str, row: int | None = None) -> None:
        super().__init__(zh)
        self.zh, self.en, self.row = zh, en, row


class SourceRow(NamedTuple):
    """A row of the source. ``number`` counts as the source shows it; ``defect``: why it can't be read."""

    number: int
    cells: Sequence[Cell]
    outline: BaseGeometry | None = None
    defect: Text | None = None
    sheet: str | None = None


@dataclass(slots=True)
class Layer:
    """A layer or sheet of a file: its name and how many rows it claims."""

    name: str
    rows: int


@dataclass(slots=True)
class Reading:
    """One layer as it was read. ``wkb`` and ``defects`` go by row.

    ``parts``: of several layers read as one, the name of each and its number of rows.
    ``ids``: the column of the features' own ids. ``cut``: the columns whose heading may be the beginning of a longer one. ``columns`` is None for tables whose header is yet to be found: they come as ``sheets``, not as ``rows``.
    """

    layer: str | None = None
    columns: list[str] | None = None
    rows: list[list[Cell]] = field(default_factory=list)
    ids: int | None = None
    cut: list[int] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    wkb: list[bytes | None] | None = None
    parts: list[tuple[str, int]] = field(default_factory=list)
    defects: dict[int, tuple[str, str]] = field(default_factory=dict)
    crs: str | None = None
    encoding: str | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
