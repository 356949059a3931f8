"""What the reading child hands back: plain values, no code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

FORMATS: Final = {  # extension → format
    ".gpkg": "gpkg",
    ".geojson": "geojson",
    ".json": "geojson",
    ".shp": "shp",
    ".zip": "zip",
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".xlsx": "sheet",
    ".xlsm": "sheet",
    ".xls": "sheet",
    ".et": "sheet",
}

Cell = str | int | float | bool | None


class Unreadable(Exception):
    """The file can't be read; the sentence in both languages, and the row where that is known."""

    def __init__(self, zh: str, en: str, row: int | None = None) -> None:
        super().__init__(zh)
        self.zh, self.en, self.row = zh, en, row


@dataclass(slots=True)
class Layer:
    """A layer or sheet of a file: its name and how many rows it claims."""

    name: str
    rows: int


@dataclass(slots=True)
class Reading:
    """One layer as it was read. ``wkb`` and ``defects`` go by row; ``columns`` is None for raw sheets."""

    layer: str | None = None
    columns: list[str] | None = None
    rows: list[list[Cell]] = field(default_factory=list)
    wkb: list[bytes | None] | None = None
    defects: dict[int, tuple[str, str]] = field(default_factory=dict)
    crs: str | None = None
    encoding: str | None = None
    notes: list[tuple[str, str]] = field(default_factory=list)
