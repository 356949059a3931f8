"""The panel of change: why a figure is another than on another day, unit by unit, and how it went over the years."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.coverage.change.said import sentence
from app.domain.looks import wording
from app.domain.vocabulary import CHANGE_PARTS, RATE
from app.text import Text
from ui import words
from ui.models.on_map import on_map
from ui.models.unit_names import unit_name
from ui.panels.change.charts import Course, Dumbbells, Multiples, Waterfall, changes_of
from ui.panels.change.days import Days
from ui.panels.change.ladder import ladder, points
from ui.panels.change.subjects import ChangedModel, Column
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.empty import EmptyView, Offer
from ui.widgets.plain import plain_caption, text_label
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from app.coverage.results import Coverage, Explanation, Row
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_TITLE: Final = Text("两个日子之间", "Between two days")
_ASK: Final = Text("选一个日子，看从那天到现在变了什么", "Choose a day: what changed from then to now")
_HALF: Final = Text("比上个半年末", "Compare with the last half-year's end")
_POINTS: Final = Text("{} 个百分点", "{: point|points}")
_LOWEST: Final = Text("最低", "At least")
_RATE: Final = RATE.heading()
_PARTS: Final = Text("{} · 变化从哪里来", "{} · where the change comes from")
_PARTS_HINT: Final = Text("点一行或按 Enter，列出是哪些", "A click, or Enter, lists who it is")
_ALL: Final = Text("看合计", "Show the total")
_UNITS: Final = Text("各{}的变化", "Change by {}")
_UNITS_HINT: Final = Text(
    "空心是当时，实心是现在，细线从最低到最高；蓝虚线是目标",
    "Hollow: then; filled: now; thin lines from lowest to highest; dashed blue: target",
)
_MORE: Final = Text("另有 {} 个单元没有画出", "{: unit|units} more are not drawn")
_COURSE: Final = Text("历次半年末", "Ends of half-years")
_COURSE_HINT: Final = Text(
    "线是覆盖率，虚线是最低可能，斜线是还没查清的部分",
    "Line: rate; dashed: the lowest possible; hatched: not known",
)
_MULTIPLES: Final = Text("各{}的走势", "Course by {}")
_WHO: Final = Text("{} · {} 个", "{} · {}")
_DAY: Final = Text("{} 当天", "{}")
_MOST_UNITS: Final = 60  # dumbbells and small pictures; more are no picture any more
_LIST_H: Final = 190  # [px] of the list below the waterfall


class ChangePanel(QWidget):
    """Follows the window's question; the day compared with is a part of it."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self._unit = ""  # "" = the total
        self._part = ""
        self._task: Task | None = None
        lang = context.lang
        self.setAccessibleName(_TITLE.in_(lang))
        self.days = Days(context, self)
        self._empty = EmptyView(context, "compare", self)
        self._empty.show_offer(Offer(_ASK, _HALF, self.days.compare_half_year))
        self._make_body()
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 0, 6)
        box.setSpacing(6)
        box.addWidget(self.days)
        box.addWidget(self._empty, 1)
        box.addWidget(self.body, 1)
        comparing = context.comparing
        comparing.taken.connect(self._on_taken)
        comparing.trended.connect(self._on_trend)
        context.registry_opened.connect(self._on_registry)
        context.target_changed.connect(self._draw)
        self._on_taken()
        self._on_trend()

    # parts

    def _make_body(self) -> None:
        lang = self._context.lang
        self.body = QScrollArea(self)
        self.body.setObjectName("compare.scroll")
        self.body.setWidgetResizable(True)
        self.body.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget(self.body)
        inside.setProperty("room", "panel")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.body.setWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 8)
        column.setSpacing(4)
        heads = QHBoxLayout()
        heads.setSpacing(16)
        self.rates, self._fractions = self._figure(heads, _RATE, "compare.rate")
        self.lowest, self._totals = self._figure(heads, _LOWEST, "compare.lowest")
        column.addLayout(heads)
        self.sentence = self._said(column, "", "compare.sentence")
        self.title, self.all = self._section(column)
        self._hint(column, _PARTS_HINT)
        self.chart = Waterfall("compare.chart", _PARTS.in_(lang).format(words.TOTAL.in_(lang)), lang, inside)
        column.addWidget(self.chart)
        self.who = text_label("", "strong", inside)
        self.who.setObjectName("compare.who")
        self._model = ChangedModel(lang, self)
        self.subjects = make_table("compare.subjects", CHANGE_PARTS["other"].in_(lang), inside)
        self.subjects.setModel(self._model)
        self.subjects.setFixedHeight(_LIST_H)
        header = self.subjects.horizontalHeader()
        for each in Column:
            header.setSectionResizeMode(each, QHeaderView.ResizeMode.Stretch)
        for part in (self.who, self.subjects):
            column.addWidget(part)
            part.hide()
        self._units_title = self._said(column, "strong", "compare.units_title")
        self._hint(column, _UNITS_HINT)
        self.units = Dumbbells("compare.units", _UNITS.in_(lang), lang, inside)
        column.addWidget(self.units)
        self._more = self._said(column, "second", "compare.more")
        self._said(column, "strong", "compare.course_title").setText(_COURSE.in_(lang))
        self._hint(column, _COURSE_HINT)
        self.course = Course("compare.course", _COURSE.in_(lang), lang, inside)
        column.addWidget(self.course)
        self._multiples_title = self._said(column, "strong", "compare.multiples_title")
        self.multiples = Multiples("compare.multiples", _MULTIPLES.in_(lang), lang, inside)
        column.addWidget(self.multiples)
        column.addStretch(1)
        self.chart.chosen.connect(self._on_part)
        self.units.chosen.connect(self.show_unit)
        self.multiples.chosen.connect(self.show_unit)
        self.course.chosen.connect(self._on_course)
        self.subjects.clicked.connect(self._on_subject)
        self.subjects.activated.connect(self._on_subject)

    def _figure(self, row: QHBoxLayout, said: Text, name: str) -> tuple[QLabel, QLabel]:
        """Return a large figure with what it is above it, and what belongs beside it below."""
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(text_label(said.in_(self._context.lang), "second", self))
        figure, beside = text_label("", "title", self), text_label("", "second", self)
        figure.setObjectName(name)
        for label in (figure, beside):
            label.setWordWrap(True)
            column.addWidget(label)
        row.addLayout(column, 1)
        return figure, beside

    def _said(self, column: QVBoxLayout, kind: str, name: str) -> QLabel:
        label = text_label("", kind, self)
        label.setObjectName(name)
        label.setWordWrap(True)
        column.addWidget(label)
        return label

    def _hint(self, column: QVBoxLayout, said: Text) -> None:
        label = text_label(said.in_(self._context.lang), "faint", self)
        label.setWordWrap(True)
        column.addWidget(label)

    def _section(self, column: QVBoxLayout) -> tuple[QLabel, QPushButton]:
        row = QHBoxLayout()
        title = text_label("", "strong", self)
        title.setObjectName("compare.title")
        title.setWordWrap(True)
        back = QPushButton(plain_caption(_ALL.in_(self._context.lang)), self)
        back.setObjectName("compare.total")
        back.setAccessibleName(_ALL.in_(self._context.lang))
        back.setProperty("role", "link")
        back.clicked.connect(self._on_all)
        row.addWidget(title, 1)
        row.addWidget(back)
        column.addLayout(row)
        return title, back

    # the question

    def take_focus(self) -> None:
        """Put the hand on the day compared with; where none is, on the last half-year's end."""
        self.days.take_focus()

    def state(self) -> dict[str, Any]:
        """Return what is shown of the change."""
        return {"unit": self._unit, "part": self._part}

    def restore(self, state: dict[str, Any]) -> None:
        """Show the same of it."""
        self._unit = state["unit"]
        self._draw()
        if state["part"]:
            self._list(state["part"])

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the course of years when somebody looks."""
        super().showEvent(event)
        self._context.comparing.want_trend()

    @Slot()
    def _on_registry(self) -> None:
        self._unit = ""
        self._close_list()

    # what is shown

    @property
    def _change(self) -> Coverage | None:
        return self._context.comparing.change

    def _row(self) -> Row | None:
        """Return the row that the waterfall is about."""
        change = self._change
        if change is None:
            return None
        return next((row for row in change.rows if row.unit == self._unit), change.total)

    @Slot()
    def _on_taken(self) -> None:
        change = self._change
        if change is None or self._unit not in {row.unit for row in change.rows}:
            self._unit = ""
        self._close_list()
        self._draw()

    @Slot()
    def _draw(self) -> None:
        change, row = self._change, self._row()
        is_there = change is not None and row is not None and row.before is not None
        self.body.setVisible(is_there)
        self._empty.setVisible(not is_there)
        if change is None or row is None or row.before is None:
            return
        say, lang = self._context.say, self._context.lang
        before, now = row.before, row.figures
        moved = points(before.rate, now.rate)
        self.rates.setText(f"{wording.percent(before.rate)} → {wording.percent(now.rate)}")
        self._fractions.setText(
            f"{wording.fraction(before)} → {wording.fraction(now)} · {say(_POINTS.format(moved))}"
        )
        self.lowest.setText(f"{wording.percent(before.low)} → {wording.percent(now.low)}")
        least = points(before.low, now.low)
        self._totals.setText(
            f"{wording.amount(before.covered)}/{wording.amount(before.total)} → "
            f"{wording.amount(now.covered)}/{wording.amount(now.total)} · {say(_POINTS.format(least))}"
        )
        self.sentence.setText(say(sentence(row, row.parts or ())))
        name = self._names().get(self._unit, words.TOTAL.in_(lang)) if self._unit else words.TOTAL.in_(lang)
        self.title.setText(_PARTS.in_(lang).format(name))
        self.all.setVisible(bool(self._unit))
        against, day = str(change.query.against), str(change.query.as_of)
        kept = self._context.comparing.kept
        first = _DAY.format(against) if kept is None else Text(kept.name, kept.name)
        self.chart.show_rungs(ladder(row, first, _DAY.format(day)))
        level = words.LEVELS[change.query.by].in_(lang)
        self._units_title.setText(_UNITS.in_(lang).format(level if lang == "zh" else level.lower()))
        units = changes_of(change, self._names())
        self.units.show_units(units[:_MOST_UNITS], self._context.target)
        self.units.take_row(self._unit)
        self.chart.take_row(self._part)
        self.course.take_row(against)
        self._more.setVisible(len(units) > _MOST_UNITS)
        self._more.setText(say(_MORE.format(len(units) - _MOST_UNITS)))

    def _names(self) -> dict[str, str]:
        registry, change = self._context.registry, self._change
        if registry is None or change is None:
            return {}
        return {row.unit: unit_name(registry.dataset, row) for row in change.rows}

    @Slot()
    def _on_trend(self) -> None:
        trend, target = self._context.comparing.trend, self._context.target
        lang = self._context.lang
        self.course.show_days([(str(c.query.as_of), c.total.figures) for c in trend], target)
        units: list[tuple[str, str, list[Any]]] = []
        if trend:
            level = words.LEVELS[trend[-1].query.by].in_(lang)
            self._multiples_title.setText(
                _MULTIPLES.in_(lang).format(level if lang == "zh" else level.lower())
            )
            by_unit = [{row.unit: row.figures for row in coverage.rows} for coverage in trend]
            registry = self._context.registry
            for row in trend[-1].rows:
                if not row.figures.total or registry is None:
                    continue
                days = [found[row.unit] for found in by_unit if row.unit in found]
                units.append((row.unit, unit_name(registry.dataset, row), days))
        units.sort(key=lambda each: (each[2][-1].low or 0, each[0]))
        self.multiples.show_units(units[:_MOST_UNITS])

    # choosing

    @Slot(str)
    def show_unit(self, unit: str) -> None:
        """Take the change of a unit apart, and show the unit on the map."""
        self._unit = unit
        self._close_list()
        self._draw()
        self.multiples.take_row(unit)
        self._context.select([unit], "compare")
        self._context.zoom_to([unit])

    @Slot()
    def _on_all(self) -> None:
        self._unit = ""
        self._close_list()
        self._draw()
        self.chart.setFocus()

    @Slot(str)
    def _on_course(self, day: str) -> None:
        """Compare with the end of a half-year."""
        found = next(
            (c.query.as_of for c in self._context.comparing.trend if str(c.query.as_of) == day), None
        )
        if found is not None and found != self._context.as_of:
            self._context.ask(against=found)

    @Slot(str)
    def _on_part(self, part: str) -> None:
        row, registry, change = self._row(), self._context.registry, self._change
        if not part or row is None or row.parts is None or registry is None or change is None:
            return
        codes = next((each.codes for each in row.parts if each.part == part), ())
        found = on_map(registry.dataset, codes, change.query.as_of)
        name = self._names().get(self._unit, "") or words.TOTAL.in_(self._context.lang)
        said = CHANGE_PARTS[part]
        if found:
            self._context.show_compounds(found, Text(f"{name} · {said.zh}", f"{name} · {said.en}"))
        self._list(part)

    def _close_list(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._part = ""
        self._model.show_rows(())
        self.who.hide()
        self.subjects.hide()

    def _list(self, part: str) -> None:
        """Name who is behind a part, found beside the window."""
        registry, change = self._context.registry, self._change
        if registry is None or change is None:
            return
        self._close_list()
        self._part = part
        job = self._context.comparing.explained(self._unit or "total")
        task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
        self._task = task
        task.succeeded.connect(partial(self._show_list, part))

    def _show_list(self, part: str, told: Explanation) -> None:
        self._task = None
        entries = [entry for entry in told.changed or () if entry.part == part]
        said = CHANGE_PARTS[part].in_(self._context.lang)
        self._model.show_rows(entries)
        self.who.setText(_WHO.in_(self._context.lang).format(said, len(entries)))
        self.subjects.setAccessibleName(self.who.text())
        self.who.show()
        self.subjects.show()

    @Slot(QModelIndex)
    def _on_subject(self, index: QModelIndex) -> None:
        code, registry = index.data(CODE_ROLE), self._context.registry
        if code and registry is not None:
            found = on_map(registry.dataset, [str(code)], self._context.as_of)
            self._context.select(found, "figure")
            self._context.zoom_to(found)
