"""What somebody decided of a table holds for the next one with the same headings: which column is which, which words mean what.

Only what was decided is learnt, never what was guessed; of the cells nothing but words for a choice or an answer.
An option of the run comes before a habit, and so do values that are not of the field's form: then it is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.domain.field_words import field_words
from app.domain.kinds import KINDS, FieldType
from app.domain.personal import personal_in
from app.domain.values import is_empty
from app.exchange.habits import ByHabit, Habit, shape_of
from app.exchange.headings import PLACE_FIELDS, fields_of
from app.exchange.mapping.choosing import AskedField
from app.exchange.mapping.labels import labels_of, place_of
from app.exchange.mapping.witness import testimony
from app.exchange.personal import is_personal_content
from app.exchange.values.cells import CellReader, form_of
from app.exchange.values.outcome import LEAVE
from app.exchange.values.persons import is_like_a_name
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from app.domain.profile.profile import Profile
    from app.exchange.habits import Habits
    from app.exchange.mapping.said import Said
    from app.exchange.reader import Source

_TOP: Final = 40  # rows of a sheet in which known headings are looked for
_LONGEST: Final = 40  # letters of a word for a choice
_SHOWN: Final = 3  # values that a question quotes


@dataclass(slots=True)
class Recalled:
    """What a habit says of one table. ``of``: field → position; ``left``, ``open``: positions left out, and asked about."""

    habit: Habit | None = None
    of: dict[str, int] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    open: set[int] = field(default_factory=set)
    constants: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    asked: list[AskedField] = field(default_factory=list)
    told: list[ByHabit] = field(default_factory=list)


def seen_at_top(habits: Habits | None, kind: str, source: Source) -> Habit | None:
    """Return the habit whose headings stand in a row at the top of a sheet: titles above them may look like headings too."""
    shapes = set() if habits is None else {headings for of, headings in habits.of if of == kind}
    if habits is None or not shapes:
        return None
    for sheet in source.sheets:
        for row in sheet.rows[:_TOP]:
            shape = shape_of(["" if is_empty(cell) else str(cell) for cell in row])
            if shape in shapes:
                return habits.of[kind, shape]
    return None


def lesson_of(
    kind: str,
    profile: Profile,
    names: Sequence[str],
    said: Said,
    answers: Mapping[str, str],
    of: Mapping[str, int],
    today: date,
) -> Habit | None:
    """Return what the user decided of a table that is worth keeping; None where nothing is.

    ``names``: its headings; ``answers``: the user's; ``of``: field → position, as understood in the end.
    """
    shape = shape_of(names)
    if not any(shape) or any(personal_in(heading) is not None for heading in shape):
        return None
    own = (*labels_of(shape), *[""] * (len(names) - len(shape)))
    columns = {own[place]: "" for place in said.left} | {own[place]: name for name, place in said.of.items()}
    columns.pop("", None)
    words = _Words(kind, profile, today)
    constants = {n: word for n, value in said.constants.items() if (word := words.word(n, value)) is not None}
    fields = {place: name for name, place in of.items()}
    kept: dict[str, dict[str, str]] = {}
    for (place, form), value in _of_columns(labels_of(names), answers).items():
        name = fields.get(place)
        word = None if name is None else words.word(name, value)
        if name is not None and word is not None and own[place] and words.may_keep(name, form, word):
            kept.setdefault(own[place], {})[form] = word
    if not (columns or constants or kept):
        return None
    return Habit(kind=kind, headings=shape, columns=columns, constants=constants, answers=kept)


def recalled(
    habits: Habits | None,
    kind: str,
    profile: Profile,
    names: Sequence[str],
    said: Said,
    cells: Callable[[int], Sequence[object]],
    today: date,
) -> Recalled:
    """Return what habit says of the columns of a table, beside the user's word, which comes first."""
    habit = None if habits is None else habits.of.get((kind, shape_of(names)))
    if habit is None:
        return Recalled()
    return _Recall(habit, profile, names, said, cells, today).recall()


def answer_by_habit(
    found: Recalled,
    profile: Profile,
    labels: Sequence[str],
    said: Said,
    answers: Mapping[str, str],
    of: Mapping[str, int],
    today: date,
) -> None:
    """Answer as last time what a column's words mean, where nobody answers now and its field still has the word.

    ``of``: field → position, as understood in the end.
    """
    habit = found.habit
    if habit is None:
        return
    words, now = _Words(habit.kind, profile, today), _of_columns(labels, answers)
    fields = {place: name for name, place in of.items()}
    for column, place in zip(labels_of(habit.headings), range(len(labels)), strict=False):
        name = fields.get(place)
        is_other = place in said.of.values() and name != habit.columns.get(column, name)
        if name is None or is_other or (place, "") in now:
            continue
        for form, value in habit.answers.get(column, {}).items():
            if (place, form) not in now and words.word(name, value) is not None:
                found.answers[f"{labels[place]}:{form}"] = value
                found.told.append(ByHabit(labels[place], name, form, value))


class _Recall:
    def __init__(
        self,
        habit: Habit,
        profile: Profile,
        names: Sequence[str],
        said: Said,
        cells: Callable[[int], Sequence[object]],
        today: date,
    ) -> None:
        self._habit, self._profile, self._said, self._cells = habit, profile, said, cells
        self._today = today
        self._labels = labels_of(names)
        own = labels_of(habit.headings)
        self._places = {label: place for place, label in enumerate(own)}
        self._words = _Words(habit.kind, profile, today)
        self._found = Recalled(habit)

    def recall(self) -> Recalled:
        found, said = self._found, self._said
        fields = fields_of(self._habit.kind, self._profile)
        named = {*said.of.values(), *said.left}
        for column, name in self._habit.columns.items():
            place = self._places.get(column)
            if place is None or place in named or name in said.of:
                continue
            if not name:
                found.left.add(place)
                found.told.append(ByHabit(self._labels[place], None))
            elif name in fields:
                self._take(place, name)
        for name, value in self._habit.constants.items():
            word = self._words.word(name, value)
            if name not in said.constants and name not in said.of and word is not None:
                found.constants[name] = word
                found.told.append(ByHabit(None, name, None, word))
        return found

    def _take(self, place: int, name: str) -> None:
        """Take a column as what it was, unless it holds something else now: then it is asked about."""
        cells = self._cells(place)
        if name != "credit_code" and is_personal_content(cells):
            return  # it is left out, and said, whatever it was
        answered = self._forms(place, name)
        unsure = [cell for cell in cells if is_empty(cell) or form_of(cell) not in answered]
        is_exact = name not in PLACE_FIELDS
        against = testimony(
            self._habit.kind, name, self._profile, unsure, self._today, is_exact=is_exact, heading=""
        ).against
        if against is None:
            self._found.of[name] = place
            self._found.told.append(ByHabit(self._labels[place], name))
            return
        self._found.open.add(place)
        words, label = field_words(self._habit.kind, name, self._profile), self._labels[place]
        why = Text(
            f"列“{label}”上次当作{words.zh}，这次不像：{against.zh}",
            f"Column {label!r} was {words.en} last time, and now does not look like it: {against.en}",
        )
        shown = tuple(dict.fromkeys(str(cell)[:20] for cell in cells if not is_empty(cell)))[:_SHOWN]
        self._found.asked.append(AskedField(name, ((label, shown),), why))

    def _forms(self, place: int, name: str) -> set[str]:
        """Return the written forms of a column that were answered with words which its field still has."""
        column = labels_of(self._habit.headings)[place]
        forms = self._habit.answers.get(column, {})
        return {form for form, value in forms.items() if self._words.word(name, value) is not None}


class _Words:
    """Tells which values are words that a field offers: of a choice, or yes and no."""

    def __init__(self, kind: str, profile: Profile, today: date) -> None:
        self._kind, self._profile, self._today = kind, profile, today

    def word(self, name: str, value: str) -> str | None:
        """Return a value as the field keeps it; None where the field is not answered by words, or this is none of them."""
        if not self._is_answer(name) and not self._has_choices(name):
            return None
        if value == LEAVE:
            return LEAVE
        reader = CellReader(
            self._kind, name, self._profile, heading="", today=self._today, cells=lambda: (), answers={}
        )
        meaning = reader.read(value).meaning
        return None if meaning is None or meaning.value is None else str(meaning.value)

    def may_keep(self, name: str, form: str, word: str) -> bool:
        """Whether a written form that means a word is a word itself rather than somebody's name or number."""
        if len(form) > _LONGEST or personal_in(form) is not None:
            return False
        return not (is_like_a_name(form) and (self._is_answer(name) or word == LEAVE))

    def _is_answer(self, name: str) -> bool:
        own, spec = KINDS[self._kind].by_name.get(name), self._profile.facts.get(name)
        if own is not None:
            return own.type is FieldType.ANSWER
        return spec is not None and spec.type == "answer"

    def _has_choices(self, name: str) -> bool:
        own, spec = KINDS[self._kind].by_name.get(name), self._profile.facts.get(name)
        return bool(own.choices if own is not None else spec is not None and spec.choices)


def _of_columns(labels: Sequence[str], answers: Mapping[str, str]) -> dict[tuple[int, str], str]:
    """Return (position, form) → value of those answers that are about columns; the form "" is all unclear cells."""
    found = {}
    for asked, value in answers.items():
        column, colon, form = asked.rpartition(":") if ":" in asked else (asked, "", "")
        place = place_of(labels, column)
        if place is not None and (colon or not asked.isdigit()):
            found[place, form_of(form) if form else ""] = value
    return found
