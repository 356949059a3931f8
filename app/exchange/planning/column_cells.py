"""The cells of all columns of a table, read by the types of their fields: what is said of them, and what is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.domain.kinds import KINDS, FieldType
from app.domain.personal import personal_in, without_numbers
from app.exchange.mapping.labels import place_of
from app.exchange.sheets.records import column_of
from app.exchange.values.cells import CellReader, Read, form_of
from app.exchange.values.outcome import LEAVE
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile
    from app.exchange.mapping.columns import Columns
    from app.exchange.request import ImportRequest
    from app.exchange.values.outcome import Option

_KEYS: Final = frozenset({"key", "scheme", "item", "relation", "credit_code", "code"})
_SHOWN: Final = 60  # letters of a cell that a sentence quotes
_MOST: Final = 8  # options that a sentence names


@dataclass(frozen=True, slots=True)
class Question:
    """What a column's form can mean, asked once for all its cells. ``rows``: how many have it."""

    column: str
    field: str
    form: str
    rows: int
    why: Text
    options: tuple[Option, ...]

    @property
    def asked(self) -> str:
        """What an answer names: COLUMN:FORM, or COLUMN where the question is about cells without a form."""
        return f"{self.column}:{self.form}" if self.form else self.column

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the question as results print it; ``answer`` with one of the values behind it answers it."""
        return {
            "column": self.column,
            "field": self.field,
            "form": self.form,
            "rows": self.rows,
            "message": self.why.in_(lang),
            "answer": self.asked,
            "options": [{"value": one.value, "words": one.words.in_(lang)} for one in self.options],
        }


class _Said(NamedTuple):
    """The first cell whose reading passed something over: where, the number of its row, what is written, what it means."""

    place: tuple[int, int]
    number: int
    raw: object
    value: object


class ColumnCells:
    """Reads cells by column, each form of a column once, and keeps what was said and asked."""

    def __init__(self, profile: Profile, request: ImportRequest, columns: Columns, today: date) -> None:
        self._profile, self._kind, self._columns, self._today = profile, request.kind, columns, today
        self._answers = request.answers
        self._readers: dict[str, CellReader] = {}
        self._said: dict[tuple[str, Text], _Said] = {}  # the first cell of each
        self._place = (-1, 0)  # of the row that is being read among all, and how many cells of it were noted
        self._times: Counter[tuple[str, Text]] = Counter()
        self._asked: Counter[tuple[str, str]] = Counter()
        self._questions: dict[tuple[str, str], tuple[Text, tuple[Option, ...]]] = {}

    def read(self, name: str, raw: object, number: int) -> Read:
        """Return what a filled cell of a field's column says; ``number``: its row, for the notes."""
        read = self.reader_of(name).read(raw)
        is_plain = read.meaning is not None and read.meaning.said is None
        return read if is_plain else self._noted(name, raw, number, read)

    def begin_row(self, place: int) -> None:
        """Take note that the row at a place among all rows is read next."""
        self._place = (place, 0)

    def reader_of(self, name: str) -> CellReader:
        """Return what reads the cells of a field's column."""
        reader = self._readers.get(name)
        if reader is None:
            reader = self._readers[name] = self._made(self._kind, name, name)
        return reader

    def note(self, name: str, said: Text, place: tuple[int, int], cell: tuple[int, object, object]) -> None:
        """Keep what the reading of a cell (row, what is written, what it means) passed over. ``place``: row and column among all."""
        key = (name, said)
        self._times[key] += 1
        first = self._said.get(key)
        if first is None or place < first.place:
            self._said[key] = _Said(place, *cell)

    def read_fact(self, key: str, raw: object, number: int) -> Read:
        """Return what a cell says of the fact that its row names, where one column holds values of many facts."""
        reader = self._readers.get(f"fact {key}")
        if reader is None:
            reader = self._readers[f"fact {key}"] = self._made("facts", key, "value")
        return self._noted("value", raw, number, reader.read(raw))

    def must_be_right(self, name: str) -> bool:
        """Whether an error in a field's cell always refuses the row: codes, keys and references name what is meant."""
        own = KINDS[self._kind].by_name.get(name)
        return name in _KEYS or (own is not None and own.type is FieldType.REFERENCE)

    def sentence(self, name: str, raw: object, read: Read) -> tuple[Text, Text | None]:
        """Return what is said of a cell that can't be read: for a command with the option that answers it, for a window without."""
        wrong = read.wrong or Text("", "")
        if not read.options:
            return wrong, None
        heading, form = self._columns.heading(name) or name, without_numbers(form_of(raw))[:_SHOWN]
        offered = [one for one in read.options if one.value != LEAVE][:_MOST]
        zh = "、".join(one.words.zh for one in offered)
        en = ", ".join(one.words.en for one in offered)
        plain = Text(f"{wrong.zh}可以是：{zh}。", f"{wrong.en} It may be: {en}.") if offered else wrong
        asked = heading if not form or personal_in(str(raw)) is not None else f"{heading}:{form}"
        option = f"--answer '{asked}={read.options[0].value}'"
        return Text(
            f"{plain.zh}写清楚，或用 {option} 答。", f"{plain.en} Make it plain, or answer with {option}."
        ), plain

    @property
    def notes(self) -> list[Text]:
        """What the reading passed over or put right, a sentence for each column and way of reading."""
        found = []
        for (name, said), (_, number, raw, value) in sorted(self._said.items(), key=lambda one: one[1].place):
            times = self._times[name, said]
            label, shown = self._columns.heading(name) or name, without_numbers(str(raw))[:_SHOWN]
            words = self._words_of(name, value)
            zh, en = ("", "") if value is None else (f" → {words.zh}", f" → {words.en}")
            found.append(
                Text(
                    f"列“{label}”：{said.zh}，{times} 处，如第 {number} 行 {shown!r}{zh}。",
                    f"Column {label!r}: {said.en}; {times} cells, such as {shown!r}{en} in row {number}.",
                )
            )
        return found

    def _words_of(self, name: str, value: object) -> Text:
        own, spec = KINDS[self._kind].by_name.get(name), self._profile.facts.get(name)
        choices = self._profile.choices.get(own.choices, {}) if own is not None else {}
        if own is None and spec is not None:
            choices = self._profile.fact_choices(spec)
        return choices.get(str(value), Text(str(value), str(value)))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What has to be answered before every cell is read, each form of a column once."""
        return tuple(
            Question(self._columns.heading(name) or name, name, form, rows, *self._questions[name, form])
            for (name, form), rows in self._asked.items()
        )

    def _noted(self, name: str, raw: object, number: int, read: Read) -> Read:
        if read.meaning is not None:
            if read.meaning.said is not None:
                self._place = (self._place[0], self._place[1] + 1)
                self.note(name, read.meaning.said, self._place, (number, raw, read.meaning.value))
        elif read.options:
            asked = (name, without_numbers(form_of(raw))[:_SHOWN])
            self._asked[asked] += 1
            self._questions.setdefault(asked, (read.wrong or Text("", ""), read.options))
        return read

    def _made(self, kind: str, name: str, column: str) -> CellReader:
        place = self._columns.of.get(column)
        heading = self._columns.heading(column) or column
        rows = self._columns.rows
        kept: list[object] = []

        def cells() -> list[object]:
            if not kept and place is not None:
                kept.extend(column_of(rows, place))
            return kept

        answers = {} if place is None else self._answers_of(place)
        return CellReader(
            kind,
            name,
            self._profile,
            heading=heading,
            today=self._today,
            cells=cells,
            answers=answers,
            takes_names=place is not None and self._columns.names_of.get(name) == place,
        )

    def _answers_of(self, place: int) -> dict[str, str]:
        """Return form → answer of those answers that are about a column; "" answers all of its unclear cells."""
        found = {}
        for asked, said in self._answers.items():
            column, colon, form = asked.rpartition(":") if ":" in asked else (asked, "", "")
            if place_of(self._columns.labels, column) == place and (colon or not asked.isdigit()):
                found[form_of(form) if colon else ""] = said
        return found


def fact_text(spec: FactSpec, value: object) -> str:
    """Return the text that a fact's row keeps for a value that was read."""
    return repr(value) if spec.type in ("money", "rate") else str(value)
