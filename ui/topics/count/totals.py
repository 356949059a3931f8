"""Totals: what everything adds up to, or one number unit by unit, each with how many are known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Slot
from typing_extensions import override

from app.coverage.totals.answer import Asked, groups_of, sum_of
from app.coverage.totals.totals import quantities_of, totals
from app.domain.kinds import KINDS, LEVELS
from app.domain.vocabulary import SCATTERED
from app.text import Text
from ui import words
from ui.models import coverage_words as said
from ui.models.named import unit_words
from ui.models.on_map import on_map
from ui.topics.base.lines import Head, Line
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_box, offer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QWidget

    from app.coverage.totals.answer import Quantity, Sum, Totals, TotalsRow
    from app.domain.profile.profile import Profile
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext

_EVERYTHING: Final = Text("全部", "Everything")
_ANY_STAGE: Final = Text("各阶段", "any stage")
_ANY_KIND: Final = Text("所有类型", "every kind")
_WHAT: Final = Text("汇总什么", "What to add up")
_BY: Final = Text("按哪一级", "By which level")
_KIND: Final = Text("小区类型", "Kind of compound")
_STAGE: Final = Text("在期服务的阶段", "Stage of the service in force")
_KNOWN: Final = Text("已知 / 共", "Known / of")
_TIP: Final = Text("点一行，看它背后的记录", "Click a row: the records behind it")
_SUMMARY: Final = Text(
    "截至 {}：{} 个数，{} 类记录", "As of {}: {: number|numbers}, {: sort|sorts} of records"
)
_HEADS: Final = (
    Head(Text("项", "What"), width=230, tip=_TIP),
    Head(words.TOTAL, is_number=True, width=120),
    Head(Text("单位", "Unit"), width=64),
    Head(_KNOWN, is_number=True, width=110),
)


class TotalsTopic(LinesTopic):
    """One box chooses a number and another the level; without a number, everything is listed in one column."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self.what = add_box(self, "what", _WHAT, lang)
        self.by = add_box(self, "by", _BY, lang)
        self.kind = add_box(self, "kind", _KIND, lang)
        self.stage = add_box(self, "stage", _STAGE, lang)
        self.tools.addStretch(1)
        offer(self.by, [(level, words.LEVELS[level].in_(lang)) for level in LEVELS])
        self.by.setCurrentIndex(self.by.findData("street"))
        self._fill()
        for box in (self.what, self.by, self.kind, self.stage):
            box.currentIndexChanged.connect(self._on_choice)

    def _fill(self) -> None:
        registry, say = self._context.registry, self._context.say
        if registry is None:
            return
        profile = registry.profile
        offer(
            self.what,
            [("", say(_EVERYTHING)), *((q.key, say(q.words)) for q in quantities_of(profile))],
        )
        kinds = [(kind or "", say(label)) for kind, label in said.kind_choices(profile) if kind != "all"]
        offer(self.kind, [("", say(_ANY_KIND)), *kinds[1:]])
        stages = profile.choices["stage"].items()
        offer(self.stage, [("", say(_ANY_STAGE)), *((code, say(label)) for code, label in stages)])

    @Slot(int)
    def _on_choice(self, _place: int) -> None:
        self.ask_again()

    @override
    def question(self) -> Callable[[Ticket], tuple[Totals, tuple[Line, ...]]] | None:
        registry, lang = self._context.registry, self._context.lang
        if registry is None:
            return None
        self._fill()
        what = str(self.what.currentData() or "")
        asked = Asked(
            by=str(self.by.currentData()),
            as_of=self._context.as_of,
            facts=(what,) if what else (),
            kind=str(self.kind.currentData()) or None,
            stage=str(self.stage.currentData()) or None,
        )
        engine, profile = registry.engine, registry.profile

        def job(ticket: Ticket) -> tuple[Totals, tuple[Line, ...]]:
            ticket.step(self.WORDS, 0, 1)
            found = totals(engine, asked)
            lines = _by_unit(found, lang) if what else _everything(found, profile, lang)
            return found, tuple(lines)

        return job

    @override
    def answer(self, found: tuple[Totals, tuple[Line, ...]]) -> None:
        answer, lines = found
        asked = answer.asked
        heads = list(_HEADS)
        if asked.facts:
            heads[0] = Head(words.LEVELS[asked.by], width=230, tip=_TIP)
        self.show_lines(heads, lines)
        filled = (asked.as_of, len(answer.quantities), len(answer.choices))
        self.say("" if asked.facts else _SUMMARY.format(*filled).in_(self._context.lang))

    @override
    def activate(self, index: QModelIndex) -> None:
        """Show what is behind a number; a unit without any, itself."""
        row = self.place_of(index)
        registry = self._context.registry
        codes = [] if registry is None else on_map(registry.dataset, self.codes_of(row), self._context.as_of)
        if codes:
            self._context.show_compounds(codes, self.words_of(row))
        elif (line := self.line_of(index)) is not None and line.code and self.what.currentData():
            self._context.show_compounds([line.code], self.words_of(row))


def _by_unit(found: Totals, lang: str) -> Iterable[Line]:
    rows = [(row.unit, row.name or row.unit, row) for row in found.rows]
    rows.append(("", words.UNPLACED.in_(lang), found.unplaced))
    for quantity in found.quantities:
        for code, name, row in rows:
            yield _line(code, name, quantity, row.sums.get(quantity.key), lang)
        whole = found.total.sums.get(quantity.key)
        yield _line("", words.TOTAL.in_(lang), quantity, whole, lang, is_total=True)


def _everything(found: Totals, profile: Profile, lang: str) -> Iterable[Line]:
    for quantity in found.quantities:
        cell = found.total.sums.get(quantity.key)
        yield _line(quantity.key, quantity.words.in_(lang), quantity, cell, lang)
    for name, keys in groups_of(found).items():
        label, total = profile.groups[name].words.in_(lang), sum_of(found.total, keys)
        unit = next(q.unit for q in found.quantities if q.key == keys[0])
        cells = [cell for key in keys if (cell := found.total.sums.get(key)) is not None]
        codes = [code for cell in cells for code in cell.codes]
        yield Line(
            code=name,
            cells=(label, None if total is None else int(total), unit_words(unit, lang), f"{len(keys)}"),
            codes=tuple(codes),
            is_total=True,
        )
    for kind, fields in found.choices.items():
        yield from _records(found.total, kind, fields, profile, lang)


def _records(
    total: TotalsRow, kind: str, fields: tuple[str, ...], profile: Profile, lang: str
) -> Iterable[Line]:
    tallied = total.records[kind]
    head = KINDS[kind].words.in_(lang)
    yield Line(code=kind, cells=(head, len(tallied.codes), "", ""), codes=tuple(tallied.codes))
    for values, count in sorted(tallied.each.items()):
        if fields:
            label = " · ".join(
                _choice(profile, kind, field, value, lang)
                for field, value in zip(fields, values, strict=True)
            )
            yield Line(code=f"{kind}:{'/'.join(values)}", cells=(f"{head} · {label}", count, "", ""))


def _choice(profile: Profile, kind: str, field: str, value: str, lang: str) -> str:
    choices = (
        SCATTERED if field == "scattered" else profile.choices.get(KINDS[kind].by_name[field].choices, {})
    )
    return choices[value].in_(lang) if value in choices else value or "—"


def _line(
    code: str, name: str, quantity: Quantity, cell: Sum | None, lang: str, *, is_total: bool = False
) -> Line:
    known, of = (0, 0) if cell is None else (cell.known, cell.of)
    return Line(
        code=code,
        cells=(name, _amount(quantity, cell), unit_words(quantity.unit, lang), f"{known:,} / {of:,}"),
        codes=() if cell is None else tuple(cell.codes),
        is_total=is_total,
    )


def _amount(quantity: Quantity, cell: Sum | None) -> object:
    if cell is None or not cell.known:
        return None
    if quantity.type == "rate":
        return said.percent(cell.mean)
    return int(cell.total) if float(cell.total).is_integer() else f"{cell.total:,.2f}"
