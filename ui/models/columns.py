"""Compounds as columns of text and numbers with ranks to sort by: values only, built in a worker."""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.initials import initials
from app.jobs import Ticket
from app.text import Text
from ui import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from app.coverage.results import Derived
    from app.domain.dataset import Dataset
    from app.domain.profile import Profile
    from app.domain.record import Record

_PIECE: Final = 8192
_STAGE: Final = Text("列小区表", "Listing compounds")


@dataclass(frozen=True, eq=False)
class Column:
    """One column: what is read, what it sorts by, and the tone of each cell (yes, no, unknown or "")."""

    id: str
    words: Text
    texts: Sequence[str]
    ranks: NDArray[np.float64]
    is_number: bool = False
    tones: Sequence[str] | None = None
    width: int = 96


@dataclass(frozen=True, eq=False)
class Columns:
    """All rows; ``haystack`` is every row's searchable text, one a line."""

    codes: Sequence[str] = ()
    columns: Sequence[Column] = ()
    haystack: str = "\n"
    starts: NDArray[np.int64] = field(default_factory=lambda: np.ones(1, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.codes)

    def matching(self, typed: str) -> NDArray[np.bool_]:
        """Return which rows hold every word typed."""
        kept = np.ones(len(self), dtype=bool)
        for word in typed.lower().split():
            spots = np.fromiter(
                (m.start() for m in re.finditer(re.escape(word), self.haystack)), dtype=np.int64
            )
            hit = np.zeros(len(self), dtype=bool)
            hit[np.searchsorted(self.starts, spots, side="right") - 1] = True
            kept &= hit
        return kept


def text_ranks(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return ranks in the order of GB 18030, which is that of pinyin for common characters.

    Sorted in pieces, so that a worker never holds the interpreter for long.
    """
    distinct = iter(set(texts))
    pieces = []
    while piece := list(islice(distinct, _PIECE)):
        pieces.append(sorted(piece, key=_order))
    rank = {text: place for place, text in enumerate(heapq.merge(*pieces, key=_order))}
    return np.fromiter((rank[text] for text in texts), dtype=np.float64, count=len(texts))


def _order(text: str) -> bytes:
    return text.encode("gb18030", "replace")


def _texts(name: str, said: Text, texts: list[str], width: int, tones: list[str] | None = None) -> Column:
    return Column(name, said, texts, text_ranks(texts), tones=tones, width=width)


def _numbers(name: str, said: Text, values: list[float | None], form: str, width: int) -> Column:
    ranks = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    texts = ["—" if v is None else form.format(v) for v in values]
    return Column(name, said, texts, ranks, is_number=True, width=width)


def build_columns(
    dataset: Dataset,
    profile: Profile,
    derived: Mapping[str, Derived],
    statuses: Mapping[str, tuple[str, str, tuple[str, ...]]],
    measure: Text,
    day: date,
    lang: str,
    ticket: Ticket | None = None,
) -> Columns:
    """Return the table of all compounds in force on ``day``."""
    ticket = ticket or Ticket()
    records = dataset.in_force("compounds", day)
    steps = 8
    codes = [record.code for record in records]
    names = [record.text("name") or words.UNNAMED.in_(lang) for record in records]
    places = {
        level: list(_place_names(dataset, derived, codes, level)) for level in ("grid", "community", "street")
    }
    ticket.step(_STAGE, 1, steps)
    kinds = profile.choices["compound_kind"]
    kind_words = [_word(kinds, record.text("kind") or "unknown", lang) for record in records]
    status = [statuses.get(code, ("left_out", "", ()))[0] for code in codes]
    three_no = [(d.three_no if (d := derived.get(code)) else None) or "" for code in codes]
    ticket.step(_STAGE, 2, steps)
    columns = [
        _texts("name", Text("小区", "Compound"), names, 150),
        Column("code", Text("编码", "Code"), codes, np.arange(len(codes), dtype=np.float64), width=110),
        _texts("kind", Text("类型", "Kind"), kind_words, 80),
        _texts(
            "status",
            measure,
            [words.STATUS[s].in_(lang) for s in status],
            100,
            [words.STATUS_TONE[s] for s in status],
        ),
        _texts(
            "three_no",
            Text("三无", "Three-no"),
            [words.THREE_NO[t].in_(lang) if t else "—" for t in three_no],
            96,
            [words.THREE_NO_TONE.get(t, "") for t in three_no],
        ),
    ]
    ticket.step(_STAGE, 3, steps)
    columns += [_fact_column(dataset, profile, key, codes, day, lang) for key in profile.three_no.fact_keys]
    ticket.step(_STAGE, 4, steps)
    columns += [
        _numbers("households", Text("户", "Households"), _values(records, "households"), "{:,.0f}", 76),
        _numbers("residents", Text("人口", "Residents"), _values(records, "residents"), "{:,.0f}", 76),
        _numbers(
            "area",
            Text("面积 公顷", "Area ha"),
            [d.area_m2 / 10_000 if (d := derived.get(c)) and d.area_m2 is not None else None for c in codes],
            "{:,.2f}",
            84,
        ),
        _texts("grid", Text("网格", "Grid"), places["grid"], 130),
        _texts("community", Text("社区", "Community"), places["community"], 120),
        _texts("street", Text("街道", "Street"), places["street"], 110),
    ]
    ticket.step(_STAGE, 6, steps)
    lines = [
        f"{name} {code} {initials(name)} {kind} {grid} {community} {street} {record.text('address')}".lower()
        for name, code, kind, grid, community, street, record in zip(
            names,
            codes,
            kind_words,
            places["grid"],
            places["community"],
            places["street"],
            records,
            strict=True,
        )
    ]
    starts = np.fromiter(accumulate((len(t) + 1 for t in lines), initial=1), dtype=np.int64)[: len(lines)]
    return Columns(codes, columns, "\n" + "\n".join(lines), starts)


def _word(choices: Mapping[str, Text], value: str, lang: str) -> str:
    return choices[value].in_(lang) if value in choices else value


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


def _fact_column(
    dataset: Dataset, profile: Profile, key: str, codes: Sequence[str], day: date, lang: str
) -> Column:
    spec = profile.facts[key]
    choices = profile.fact_choices(spec)
    found = [
        fact.text("value") if (fact := dataset.fact_on(code, key, day)) is not None else "unknown"
        for code in codes
    ]
    tones = [value if value in {"yes", "no", "unknown"} else "" for value in found]
    return _texts(key, spec.words, [_word(choices, value, lang) for value in found], 84, tones)
