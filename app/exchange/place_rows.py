"""Where the rows of a file lie: brought to degrees, refused where that can't be, doubted where nobody meant it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pyproj import CRS

from app.domain.ground import ground_of, misplaced
from app.exchange.coordinates import are_degrees
from app.exchange.place_doubts import no_degrees, warning_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from app.exchange.coordinates import Georeference
    from app.exchange.place_doubts import PlaceWarning
    from app.exchange.readings import Reading

_TOLD: Final = 10  # rows that notes name one by one


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

        Districts are judged together with those of the file; everything else by where the registry lies already, or
        in an empty one by where most of the file lies.
        """
        given = list(rows)
        after = self._dataset.with_changes([record for _, record, _ in given])
        of_file = self._ground is None or any(record.kind == "districts" for _, record, _ in given)
        ground = ground_of(after) if of_file else self._ground
        found = list(self._refused)
        for number, record, raw in given:
            off = misplaced(record, after, ground)
            if off is not None:
                warning = warning_of(record, off, ground, raw=raw, now=self._how)
                found.append(Doubt(number, record.text("name"), warning))
        return tuple(found)


def reading_of(doubts: Sequence[Doubt]) -> Reading | None:
    """Return the reading that most doubted rows have; None where there is none that an option names."""
    found = Counter(
        d.warning.reading for d in doubts if d.warning.reading is not None and d.warning.reading.option
    )
    return found.most_common(1)[0][0] if found else None


def notes_of(doubts: Sequence[Doubt]) -> list[Text]:
    """Return what the notes of an import say of rows that are written all the same; of many the first, and how many."""
    written = [doubt for doubt in doubts if not doubt.is_refused]
    said = [
        Text(
            f"第 {doubt.row} 行{doubt.name and ' ' + doubt.name}：{doubt.warning.message.zh}",
            f"Row {doubt.row}{doubt.name and ' ' + doubt.name}: {doubt.warning.message.en}",
        )
        for doubt in written[:_TOLD]
    ]
    more = len(written) - _TOLD
    if more > 0:
        said.append(Text(f"另有 {more} 行也这样。", f"So are {more} rows more."))
    return said
