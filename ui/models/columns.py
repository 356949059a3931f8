"""Compounds as columns of text and numbers with ranks to sort by: values only, built in a worker."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain import vocabulary
from app.domain.text.initials import all_letters, has_syllable, sound_pattern, spell_all
from app.domain.text.readings import fold
from app.domain.vocabulary import DERIVED
from app.jobs import Ticket
from app.text import Text
from ui import words
from ui.models.column import Column, number_column, text_column, word_of
from ui.models.columns_declared import Choice, declared_choices, declared_column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Derived
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

_STAGE: Final = Text("列小区表", "Listing compounds")
_BASE: Final = {
    "code": Text("编码", "Code"),
    "kind": Text("类型", "Kind"),
    "status": Text("当前指标", "Current measure"),
    "three_no": DERIVED["three_no"],
    "address": Text("地址", "Address"),
    "buildings": Text("楼栋", "Buildings"),
    "built_year": Text("建成", "Built in"),
    "households": Text("户", "Households"),
    "residents": Text("人口", "Residents"),
    "area": Text("面积 公顷", "Area ha"),
    **{level: words.LEVELS[level] for level in ("grid", "community", "street")},
}
_FIELDS: Final = ("name", "kind", "address", "households", "residents", "buildings", "built_year")
_OWN: Final = Text("小区本身", "The compound itself")
_BEFORE_FACTS: Final = ("code", "kind", "status", "three_no")
_AFTER_FACTS: Final = ("households", "residents", "area", "grid", "community", "street")


def default_columns(profile: Profile) -> list[str]:
    """Return what the table shows until somebody chooses: the three-no facts among the compound's own."""
    return [*_BEFORE_FACTS, *profile.three_no.fact_keys, *_AFTER_FACTS]


def column_choices(profile: Profile) -> list[Choice]:
    """Return every column that can be chosen; the name is always there."""
    return [*(Choice(name, said, _OWN) for name, said in _BASE.items()), *declared_choices(profile)]


def editable_columns(profile: Profile) -> frozenset[str]:
    """Return the columns whose cells can be written: the identity's fields and the facts of compounds."""
    return frozenset([*_FIELDS, *(spec.key for spec in profile.facts_of("compounds"))])


def cell_choices(profile: Profile, column: str, lang: str) -> list[tuple[str, str]]:
    """Return what a cell of a column can be chosen from, as (value, words); empty where it is typed."""
    if column == "kind":
        choices = profile.choices["compound_kind"]
    else:
        spec = profile.facts.get(column)
        choices = {} if spec is None else profile.fact_choices(spec)
    return [(value, said.in_(lang)) for value, said in choices.items()]


@dataclass(frozen=True, eq=False)
class Columns:
    """All rows; ``haystack`` is every row's searchable text, one a line, ``spelled`` every name by its sound."""

    codes: Sequence[str] = ()
    columns: Sequence[Column] = ()
    haystack: str = "\n"
    starts: NDArray[np.int64] = field(default_factory=lambda: np.ones(1, dtype=np.int64))
    spelled: str = ""
    spelled_starts: NDArray[np.int64] = field(default_factory=lambda: np.ones(1, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.codes)

    def matching(self, typed: str) -> NDArray[np.bool_]:
        """Return which rows hold every word typed."""
        kept = np.ones(len(self), dtype=bool)
        for word in fold(typed).split():
            hit = np.zeros(len(self), dtype=bool)
            _mark(hit, re.compile(re.escape(word)), self.haystack, self.starts)
            if self.spelled and has_syllable(word):
                _mark(hit, sound_pattern(word), self.spelled, self.spelled_starts)
            kept &= hit
        return kept


def build_columns(
    engine: CoverageEngine,
    dataset: Dataset,
    profile: Profile,
    derived: Mapping[str, Derived],
    statuses: Mapping[str, tuple[str, str, tuple[str, ...]]],
    measure: Text,
    day: date,
    lang: str,
    chosen: Sequence[str] | None = None,
    ticket: Ticket | None = None,
) -> Columns:
    """Return the table of all compounds in force on ``day``; ``chosen``: columns by id, None = the default ones."""
    ticket = ticket or Ticket()
    records = dataset.in_force("compounds", day)
    codes = [record.code for record in records]
    names = [record.text("name") or words.UNNAMED.in_(lang) for record in records]
    places = {
        level: list(_place_names(dataset, derived, codes, level)) for level in ("grid", "community", "street")
    }
    kinds = profile.choices["compound_kind"]
    kind_words = [word_of(kinds, record.text("kind") or "unknown", lang) for record in records]
    own: dict[str, Callable[[], Column]] = {
        "code": lambda: Column("code", _BASE["code"], codes, np.arange(len(codes), dtype=float), width=110),
        "kind": lambda: text_column("kind", _BASE["kind"], kind_words, 80),
        "status": lambda: _status_column(statuses, codes, measure, lang),
        "three_no": lambda: _three_no_column(derived, codes, lang),
        "area": lambda: number_column(
            "area",
            _BASE["area"],
            [d.area_m2 / 10_000 if (d := derived.get(c)) and d.area_m2 is not None else None for c in codes],
            "{:,.2f}",
            84,
        ),
        "address": lambda: text_column(
            "address", _BASE["address"], [record.text("address") or "—" for record in records], 160
        ),
        "built_year": lambda: number_column(
            "built_year", _BASE["built_year"], _values(records, "built_year"), "{:.0f}", 64
        ),
        **{name: _number_of(name, records) for name in ("households", "residents", "buildings")},
        **{level: _place_of(level, places[level]) for level in places},
    }
    wanted = default_columns(profile) if chosen is None else list(dict.fromkeys(chosen))
    columns = [text_column("name", vocabulary.PLACES["compound"].heading(), names, 150)]
    for step, name in enumerate(wanted):
        ticket.step(_STAGE, step, len(wanted) + 1)
        if name in own:
            columns.append(own[name]())
        elif (column := declared_column(name, dataset, profile, engine, codes, day, lang)) is not None:
            columns.append(column)
    ticket.step(_STAGE, len(wanted), len(wanted) + 1)
    spelled = spell_all(names, partial(ticket.step, _STAGE, len(wanted), len(wanted) + 1))
    lines = [
        fold(f"{name} {code} {letters} {kind} {grid} {community} {street} {record.text('address')}")
        for name, letters, code, kind, grid, community, street, record in zip(
            names,
            all_letters(spelled),
            codes,
            kind_words,
            places["grid"],
            places["community"],
            places["street"],
            records,
            strict=True,
        )
    ]
    return Columns(
        codes, columns, "\n" + "\n".join(lines), _starts(lines), "\n" + "\n".join(spelled), _starts(spelled)
    )


def _starts(lines: Sequence[str]) -> NDArray[np.int64]:
    return np.fromiter(accumulate((len(t) + 1 for t in lines), initial=1), dtype=np.int64)[: len(lines)]


def _mark(hit: NDArray[np.bool_], pattern: re.Pattern[str], text: str, starts: NDArray[np.int64]) -> None:
    """Mark the rows that a pattern is found in."""
    spots = np.fromiter((m.start() for m in pattern.finditer(text)), dtype=np.int64)
    hit[np.searchsorted(starts, spots, side="right") - 1] = True


def _values(records: Sequence[Record], name: str) -> list[float | None]:
    return [float(v) if isinstance(v := record.get(name), int | float) else None for record in records]


def _place_names(
    dataset: Dataset, derived: Mapping[str, Derived], codes: Sequence[str], level: str
) -> Iterator[str]:
    for code in codes:
        found = derived.get(code)
        unit = getattr(found, level) if found is not None else None
        record = dataset.find(unit) if unit else None
        yield (record.text("name") or record.code) if record is not None else "—"


def _number_of(name: str, records: Sequence[Record]) -> Callable[[], Column]:
    return lambda: number_column(name, _BASE[name], _values(records, name), "{:,.0f}", 76)


def _place_of(level: str, texts: list[str]) -> Callable[[], Column]:
    return lambda: text_column(level, _BASE[level], texts, 120)


def _status_column(
    statuses: Mapping[str, tuple[str, str, tuple[str, ...]]], codes: Sequence[str], measure: Text, lang: str
) -> Column:
    found = [statuses.get(code, ("left_out", "", ()))[0] for code in codes]
    said = [words.STATUS[status].in_(lang) for status in found]
    return text_column("status", measure, said, 100, [words.STATUS_TONE[status] for status in found])


def _three_no_column(derived: Mapping[str, Derived], codes: Sequence[str], lang: str) -> Column:
    found = [(d.three_no if (d := derived.get(code)) else None) or "" for code in codes]
    said = [words.THREE_NO_ALONE[status].in_(lang) if status else "—" for status in found]
    tones = [words.THREE_NO_TONE.get(status, "") for status in found]
    return text_column("three_no", _BASE["three_no"], said, 96, tones)
