"""Where the rows of a file lie: brought to degrees, refused where that can't be, doubted where nobody meant it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyproj import CRS

from app.domain.place.ground import ground_for, ground_of, misplaced
from app.exchange.coordinates import are_degrees
from app.exchange.place_doubts import no_degrees, warning_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.place.reading import PlaceWarning, Reading
    from app.domain.record import Record
    from app.exchange.coordinates import Georeference

_TOLD: Final = 10  # rows that notes name one by one
_READ: Final = 100  # rows whose likely reading is looked for: they speak for the file


@dataclass(frozen=True, slots=True)
class Doubt:
    """A row, as the source counts it, and what is doubted of its place; ``is_refused``: it is no place at all."""

    row: int
    name: str
    warning: PlaceWarning
    is_refused: bool = False


class RowPlaces:
    """Looks at the coordinates of one file, read as ``how``, against what ``dataset`` holds already."""

    def __init__(self, dataset: Dataset, how: Georeference) -> None:
        self._dataset, self._how = dataset, how
        self._ground = ground_of(dataset)
        self._label = "" if CRS.from_user_input(how.crs).is_geographic else how.label
        self._refused: list[Doubt] = []

    def refusal(self, row: int, name: str, raw: BaseGeometry, read: BaseGeometry) -> PlaceWarning | None:
        """Return why a row's coordinates can't be taken, with the likely reading; None where they can."""
        if are_degrees(read):
            return None
        warning = no_degrees(raw, self._ground, self._how, label=self._label)
        self._refused.append(Doubt(row, name, warning, is_refused=True))
        return warning

    def doubts(self, rows: Iterable[tuple[int, Record, BaseGeometry | None]]) -> tuple[Doubt, ...]:
        """Return what is doubted of rows (number, record, outline as the source gives it), the refused ones first.

        See ``app.domain.place.ground.ground_for`` for what they are judged by.
        """
        given = list(rows)
        records = [record for _, record, _ in given]
        after = self._dataset.with_changes(records)
        ground = ground_for(self._dataset, after, records)
        found = list(self._refused)
        for number, record, raw in given:
            off = misplaced(record, after, ground)
            if off is not None:
                is_read = len(found) < _READ
                warning = warning_of(record, off, ground, raw=raw, now=self._how, is_read=is_read)
                found.append(Doubt(number, record.text("name"), warning))
        return tuple(found)


def reading_of(doubts: Sequence[Doubt]) -> Reading | None:
    """Return the reading that most doubted rows have; None where there is none that an option names."""
    found = Counter(
        d.warning.reading for d in doubts if d.warning.reading is not None and d.warning.reading.option
    )
    return found.most_common(1)[0][0] if found else None


def notes_of(doubts: Sequence[Doubt], *, most: int = _TOLD, has_options: bool = True) -> list[Text]:
    """Return what is said of rows that are written all the same; of many the first ``most``, and how many more.

    ``has_options``: with the option of a command that reads so.
    """
    written = [doubt for doubt in doubts if not doubt.is_refused]
    said = []
    for doubt in written[:most]:
        text = doubt.warning.message if has_options else doubt.warning.said
        name = doubt.name and f" {doubt.name}"
        said.append(Text(f"第 {doubt.row} 行{name}：{text.zh}", f"Row {doubt.row}{name}: {text.en}"))
    more = len(written) - most
    if more > 0:
        said.append(Text(f"另有 {more} 行也这样。", f"So are {more} rows more."))
    return said
