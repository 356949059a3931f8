"""What the cells of a template show of a record, so that an import reads back what the registry holds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import shapely

from app.domain.kinds import KINDS, FieldType
from app.domain.values import fact_value
from app.exchange.formats.plain_text import LONGEST_CELL
from app.exchange.named import NAMED_FIELDS, declared_names, shown_name
from app.exchange.personal import personal_in
from app.exchange.templates.columns import shown_answer, shown_choice
from app.exchange.who.unclear import label_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record, Value
    from app.exchange.templates.columns import TemplateColumn

Cell = str | int | float | date | None

_FIRST_DAY: Final = date(1900, 3, 1)  # before it, spreadsheets count a day that never was


class TemplateCells:
    """Shows records of one kind as rows of its template, as of a day."""

    def __init__(
        self, dataset: Dataset, profile: Profile, columns: Sequence[TemplateColumn], lang: str, day: date
    ) -> None:
        self._dataset, self._profile = dataset, profile
        self._columns, self._lang, self._day = columns, lang, day
        self._names: dict[tuple[Value, ...], str] = {}
        self.left_empty = 0  # cells with what looks like a private person's number

    def row(self, record: Record) -> list[Cell]:
        """Return the cells of one record."""
        return [self._plain(self._cell(record, column)) for column in self._columns]

    def _plain(self, value: Cell) -> Cell:
        if isinstance(value, date):
            return value if value >= _FIRST_DAY else value.isoformat()
        if isinstance(value, float) and float(f"{value:.16G}") != value:
            return repr(value)  # a sheet keeps 16 digits
        if isinstance(value, str):
            if personal_in(value) is not None or len(value) > LONGEST_CELL:
                self.left_empty += 1
                return None
            return value
        return value

    def _cell(self, record: Record, column: TemplateColumn) -> Cell:
        name = column.field
        if name == "code":
            return record.code
        if name in ("valid_from", "valid_until", "source"):
            value: Cell = getattr(record, name)
            return value
        field = KINDS[record.kind].by_name.get(name)
        if field is None:
            return self._place(record, name) if name in ("lon", "lat") else self._fact(record, name)
        value = record.get(name)
        if value is None:
            return None
        if (record.kind, name) in NAMED_FIELDS:
            return self._name(record, name, str(value))
        if record.kind == "facts" and name == "value":
            return self._fact_cell(record.text("key"), str(value))
        if field.type is FieldType.CHOICE:
            return shown_choice(self._profile, field.choices, str(value), self._lang)
        if field.type is FieldType.ANSWER:
            return shown_answer(str(value), self._lang)
        if field.type is FieldType.REFERENCE:
            other = self._dataset.find(str(value))
            return str(value) if other is None else label_of(other)
        return value

    def _name(self, record: Record, name: str, value: str) -> str:
        told_by = [
            other for other in ("scheme", "scheme_version", "relation") if other in KINDS[record.kind].by_name
        ]
        said: dict[str, Value] = {other: record.get(other) for other in told_by}
        key = (name, value, *said.values())
        if key not in self._names:
            named = declared_names(self._profile, record.kind, name, said)
            self._names[key] = shown_name(named, value, self._lang)
        return self._names[key]

    def _place(self, record: Record, name: str) -> float | None:
        if not isinstance(record.geometry, shapely.Point):
            return None
        return float(record.geometry.x if name == "lon" else record.geometry.y)

    def _fact(self, record: Record, key: str) -> Cell:
        if key not in self._profile.facts:
            return None
        fact = self._dataset.fact_on(record.code, key, self._day)
        return None if fact is None else self._fact_cell(key, fact.text("value"))

    def _fact_cell(self, key: str, text: str) -> Cell:
        spec = self._profile.facts.get(key)
        if spec is None:
            return text
        if spec.type == "answer":
            return shown_answer(text, self._lang)
        if spec.type == "choice":
            return shown_choice(self._profile, spec.choices, text, self._lang)
        return fact_value(spec, text)
