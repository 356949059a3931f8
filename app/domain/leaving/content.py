"""Everything that one export holds, gathered and cut to its readers: writers only write it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain import vocabulary
from app.domain.audience import Audience
from app.domain.vocabulary import COUNTS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from app.domain.leaving.figures import Level
    from app.domain.leaving.paper import Paper


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layer that may leave. ``type``: "text", "count" (int) or "number" (float).

    ``shown``: what people see in it, where the type does not say: "year", "day", "rate", "money", "coordinate".
    """

    name: str
    words: Text
    type: str = "text"
    least: Audience = Audience.PUBLIC
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Records of one kind: a value for every column, and an outline (lon, lat) or None for every record."""

    name: str
    words: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    outlines: NDArray[np.object_]

    def values(self, column: str) -> list[object]:
        """Return one column, by name."""
        place = [c.name for c in self.columns].index(column)
        return [row[place] for row in self.rows]

    @property
    def column_names(self) -> tuple[str, ...]:
        """The columns' names in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class Backdrop:
    """Roads or water on the map; ``kind``: "road" or "water", ``rank`` 1 = the widest."""

    kind: str
    outlines: NDArray[np.object_]
    rank: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """One export's content. ``choices``: words of coded values by column; ``synthetic``: None = real data.

    ``papers``: what a paper says of it, one for each question asked, its own first; () where the format is none.
    ``unit``, ``level``: the unit that it is cut to and its kind, None = all. ``count``, ``kind``: how it was counted, and of which kind of
    compound alone. ``further``: what more is asked in the same file, another measure or day each, gathered alike; only a
    format that ``takes_several`` is given any. ``earlier``: sheets of a file that was made before, unit to digest (see
    ``sheets_of``): a sheet with the same digest may stay away; None = every sheet is wanted. ``part``: that it is of a part of the
    registry alone, None = of all.
    """

    title: str
    lang: str
    audience: Audience
    as_of: date
    by: str
    measure: str
    weight: str
    measure_words: Text
    definition: Text
    base: Text
    weight_words: Text
    rule: str | None
    profile: str
    crs: str
    datum: Text
    source: Text
    synthetic: Text | None
    review_number: str
    levels: Mapping[str, Level]
    layers: Mapping[str, Layer]
    choices: Mapping[str, Mapping[str, Text]]
    backdrop: tuple[Backdrop, ...] = ()
    has_status: bool = True
    papers: tuple[Paper, ...] = ()
    unit: str | None = None
    level: str | None = None
    count: str = "whole"
    kind: str | None = None
    kind_words: Text | None = None
    further: tuple[Leaving, ...] = ()
    earlier: Mapping[str, str] | None = None
    part: Text | None = None

    def questions(self) -> tuple[Leaving, ...]:
        """Return all that is asked in the file, this question first."""
        return (self, *self.further)

    def paper_of(self, place: int) -> Paper | None:
        """Return what a paper says of a question, by its place among all; None where the format is no paper."""
        if own := self.questions()[place].papers:
            return own[0]
        return self.papers[place] if place < len(self.papers) else None

    def say(self, text: Text) -> str:
        """Return the words in the export's language."""
        return text.in_(self.lang)

    def notes(self) -> list[tuple[str, str]]:
        """Return what every export says of itself, as label and text."""
        return [(label, text) for _, label, text in self.noted()]

    def noted(self) -> list[tuple[str, str, str]]:
        """Return the notes with the key of each before it, for who puts them in different places."""
        rows = [
            ("title", Text("标题", "Title"), self.title),
            *([("part", Text("注意", "Note"), self.say(self.part))] if self.part is not None else []),
            ("measure", Text("指标", "Measure"), f"{self.say(self.measure_words)} ({self.measure})"),
            ("definition", Text("定义", "Definition"), self.say(self.definition)),
            ("base", Text("基数", "Base"), self.say(self.base)),
            ("weight", Text("计量", "Weight"), self.say(self.weight_words)),
            *(
                [("kind", Text("类型", "Kind"), self.say(self.kind_words))]
                if self.kind_words is not None
                else []
            ),
            *(
                [("count", Text("计数方式", "Counting"), self.say(COUNTS[self.count]))]
                if self.count != "whole"
                else []
            ),
            ("profile", Text("口径", "Profile"), self.profile + (f" · {self.rule}" if self.rule else "")),
            ("as_of", Text("截至", "As of"), self.as_of.isoformat()),
            ("datum", Text("坐标基准", "Datum"), self.say(self.datum)),
            ("crs", Text("面积坐标系", "CRS of areas"), self.crs),
            ("source", Text("来源", "Source"), self.say(self.source)),
            ("audience", Text("读者", "Audience"), self.say(self.audience.words)),
        ]
        if self.synthetic is not None:
            rows.append(("synthetic", Text("合成数据", "Synthetic data"), self.say(self.synthetic)))
        rows.append(("rate", vocabulary.RATE.heading(), self.say(RATE_RULE)))
        if any(row.is_hidden for level in self.levels.values() for row in (*level.rows, level.total)):
            rows.append(("withheld", Text("未公开", "Withheld"), self.say(HIDDEN_RULE)))
        rows.append(("review", Text("审图号", "Map review number"), self.review_number))
        return [(key, self.say(label), text) for key, label, text in rows]


RATE_RULE = Text(
    "覆盖率 = 覆盖 /（覆盖 + 未覆盖）；最低 = 覆盖 / 合计；最高 =（覆盖 + 未知）/ 合计。",
    "Rate = covered / (covered + not covered); lowest = covered / total; highest = (covered + unknown) / total.",
)
HIDDEN_RULE = Text(
    "不到 5 的数、占到可能的小区一半以上的三无数、说中全部小区的数不公开；为了不能反推，另有几行一并不公开。",
    "Withheld: counts under 5, counts of three-no that are half or more of the compounds they could be about, counts "
    "that take in all of them; and other rows so that none can be worked back.",
)
