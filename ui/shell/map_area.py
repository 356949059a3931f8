"""The map with what floats over it, and its links to everything else that is selected, asked and written."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.kinds import KINDS
from app.domain.looks import wording
from app.domain.looks.bands import FEW_LIMITS, GAP_LIMITS, gap_band, gap_marks
from app.text import Text
from ui import theme, words
from ui.bridge.errors import words_of
from ui.map.build_scene import build_scene
from ui.map.canvas import MapCanvas
from ui.map.mend_scene import mended
from ui.map.style import level_filled, unit_fill, unit_fills
from ui.models.missing import missing_to
from ui.panels.frame.four_steps import FourSteps
from ui.panels.frame.toast import Banner, Toast
from ui.shell.drafts import Drafts
from ui.shell.tool_bar import TOOLS, ToolBar
from ui.shell.zone_layer import ZoneLayer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from PySide6.QtGui import QAction

    from app.coverage.results import Coverage
    from app.domain.dataset import Dataset
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.map.scene import MapScene

_DRAWN: Final = {
    "crs",
    *(kind.name for kind in KINDS.values() if kind.is_layer),
}  # another zone draws everything anew
_LISTS: Final = {"step", "table", "places", "search", "palette"}  # chosen elsewhere: the map follows
_LOOKING: Final = ("select", "pan", "measure")
_WRITING: Final = {*TOOLS} - {*_LOOKING}  # tools in hand only where one may write
_SETTLE_MS: Final = 500  # at most: then figures and tables no longer wait for the first paint
_RATE: Final = Text("{}率", "{} rate")
_MISSING: Final = Text("{0}：到 {1:g}% 还差几个，{2}", "{0}: missing to {1:g}%, {2}")
_BY: Final = Text("按{}", "by {}")
_LACKS: Final = Text("差 {}", "lacks {}")
_MET: Final = Text("达标", "met")


class MapArea(QWidget):
    """Banner and map. Reads the context, tells it what the user picked, writes what the user drew."""

    scene_shown = Signal()

    def __init__(self, context: WindowContext, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._actions = context, actions
        self._task: Task | None = None
        self._is_gap_view = self._is_review = False
        self._shown: tuple[MapScene, Dataset, date] | None = None  # what the map shows, and of which data
        self.setMinimumSize(420, 320)
        self.banner = Banner("map.banner", context.lang, self)
        self.canvas = MapCanvas(self)
        self.canvas.set_lang(context.lang)
        self.canvas.set_dark(theme.current().name == "dark")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.banner)
        box.addWidget(self.canvas, 1)
        self.tools = ToolBar(actions, context.lang, self.canvas)
        self.tools.move(12, 12)
        self.toast = Toast(context, self.canvas, self.canvas.free_spot, self._right_edge)
        self.canvas.floats_placed.connect(self.toast.place)
        self.steps = FourSteps(context, self.canvas)
        self.zone_layer = ZoneLayer(context, self.canvas, self)
        self._soon = _timer(self, 120, self._build)
        self.drafts = Drafts(context, self.canvas, self)
        self._settle = _timer(self, _SETTLE_MS, context.tell_map_shown)
        canvas = self.canvas
        canvas.became_sharp.connect(self._on_sharp)
        canvas.selection_changed.connect(self._on_picked)
        canvas.activated.connect(self._on_activated)
        canvas.tool_changed.connect(self._on_tool)
        context.registry_left.connect(self._on_left)
        context.registry_opened.connect(self._on_opened)
        context.as_of_changed.connect(self._on_day)
        context.changed.connect(self._on_changed)
        context.figures_changed.connect(self.show_figures)
        context.target_changed.connect(self._on_target)
        context.selection_changed.connect(self._on_selection)
        context.place_changed.connect(canvas.set_place)
        context.zoom_asked.connect(canvas.zoom_to)
        context.refused.connect(self._on_refused)
        context.others.news_changed.connect(self._on_news)
        self._on_opened()

    def _right_edge(self) -> int:
        """Return where the map ends to the eye [px of the canvas]: a sheet at the right lies over the rest."""
        window, edge = self.window(), self.canvas.width()
        for child in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if child.property("is_at_right") and child.isVisible():
                edge = min(edge, self.canvas.mapFrom(window, child.pos()).x())
        return edge

    def speak(self) -> None:
        """Take the words of the window's language; the map stays where it is, with all that is drawn on it."""
        lang = self._context.lang
        self.canvas.set_lang(lang)
        self.banner.speak(lang)
        self.tools.speak(lang)
        self.toast.speak()
        self.steps.look()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Paint the map in another theme, where it is."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.canvas.set_dark(theme.current().name == "dark")

    # what the map shows

    @Slot()
    def _on_left(self) -> None:
        """Keep what is half drawn with its own file, and clear the table for another."""
        self._soon.stop()
        self._settle.stop()
        self._shown = None
        self.drafts.leave()
        self._is_gap_view = self._is_review
        self.canvas.finish_tool()
        self.canvas.set_selection([])
        self.canvas.forget_scene()
        self.banner.hide()
        self.toast.hide()

    @Slot()
    def _on_opened(self) -> None:
        registry = self._context.registry
        if registry is not None:
            self.canvas.set_synthetic(words.SYNTHETIC if registry.info.is_synthetic else None)
            self.canvas.set_place(None)
        self._build()

    @Slot(object)
    def _on_day(self, _day: object) -> None:
        if self._context.lock is not None and self.canvas.tool() in _WRITING:
            self.canvas.finish_tool()  # what is half drawn stays
        self._build()

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if not changes.kinds or changes.kinds & _DRAWN:
            self._soon.start()

    @Slot()
    def _build(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        registry, day = self._context.registry, self._context.as_of
        if registry is None:
            return
        engine_zone, dataset, backdrop = registry.zone, registry.dataset, registry.backdrop

        shown = self._shown

        def job(ticket: Ticket) -> tuple[MapScene, Dataset, date]:
            scene = None
            if shown is not None and shown[0].zone == engine_zone and shown[2] == day:
                scene = mended(shown[0], shown[1], dataset, day)
            return scene or build_scene(dataset, engine_zone, day, backdrop, ticket), dataset, day

        self._task = self._context.tasks.start(
            job, on_registry=False, words=Text("准备地图", "Preparing the map"), on_failure=self._on_no_scene
        )
        self._task.succeeded.connect(self._take_scene)

    @Slot(object)
    def _take_scene(self, shown: tuple[MapScene, Dataset, date]) -> None:
        self._task, self._shown = None, shown
        scene = shown[0]
        self.canvas.set_scene(scene)
        if not self.drafts.is_outline_waiting:  # what was drawn is on the map by now
            self.canvas.let_outline_go()
        self.canvas.set_selection(self._context.selection)
        self.show_figures()
        self.scene_shown.emit()
        if not self._context.is_map_shown:
            self._settle.start()

    def _on_no_scene(self, error: Exception) -> None:
        self._task = None
        self._context.refused.emit(error)
        self._context.tell_map_shown()

    @Slot()
    def _on_sharp(self) -> None:
        if self._settle.isActive():
            self._settle.stop()
            self._context.tell_map_shown()

    @Slot()
    def show_figures(self) -> None:
        """Colour compounds and units by the current question."""
        figured = self._context.figured
        self.canvas.set_statuses({code: status[0] for code, status in figured.statuses.items()})
        level = level_filled(figured.coverages, figured.question.by)
        coverage = figured.coverages.get(level)
        said = self._context.measure_words()
        if coverage is None:
            self.canvas.set_choropleth({}, "grid")
        elif self._is_gap_view:
            self._show_gaps(figured.coverages, level)
        else:
            title = Text(_RATE.zh.format(said.zh), _RATE.en.format(said.en))
            self.canvas.set_choropleth(unit_fills(coverage), level)
            self.canvas.set_legend(title)

    def _show_gaps(self, coverages: Mapping[str, Coverage], level: str) -> None:
        """Colour units by what they lack to the target; in a review the grids, with what the units asked for lack."""
        context, asked = self._context, level
        if self._is_review:
            finest = level_filled(coverages, "grid")
            level = finest if coverages[finest].rows else level
        target = context.target
        notes = {
            row.unit: context.say(_LACKS.format(wording.amount(missing)) if missing else _MET)
            for name in {level, asked}
            for row in coverages[name].rows
            if row.figures.total
            for missing in (missing_to(row.figures, target),)
        }
        said, by = context.measure_words(), words.LEVELS[level]
        percent = round(target * 100, 1)
        title = Text(
            _MISSING.zh.format(said.zh, percent, _BY.zh.format(by.zh)),
            _MISSING.en.format(said.en, percent, _BY.en.format(by.en.lower())),
        )
        has_few = level == "grid" and coverages[level].weight == "compounds"
        limits = FEW_LIMITS if has_few else GAP_LIMITS
        fills = {
            row.unit: replace(unit_fill(row.figures), band=gap_band(missing_to(row.figures, target), limits))
            for row in coverages[level].rows
        }
        self.canvas.set_choropleth(fills, level, sequence="gap", notes=notes)
        self.canvas.set_legend(title, gap_marks(limits))

    @Slot()
    def _on_target(self) -> None:
        if self._is_gap_view:
            self.show_figures()

    def set_review(self, *, is_on: bool) -> None:
        """In a review, colour by what is missing and put the tools that draw away."""
        if is_on != self._is_review:
            self._is_review = self._is_gap_view = is_on
            if is_on and self.canvas.tool() in _WRITING:
                self.canvas.finish_tool()  # what is half drawn stays
            self.tools.show_only(None if is_on is False else _LOOKING)
            self.show_figures()

    def toggle_colouring(self) -> None:
        """Colour by rate, or by what is missing."""
        self._is_gap_view = not self._is_gap_view
        self.show_figures()

    @Slot()
    def _on_news(self) -> None:
        self.canvas.set_noted(self._context.others.unseen)

    # selection

    @Slot(list)
    def _on_picked(self, codes: Sequence[str]) -> None:
        self._context.select(codes, "map")

    @Slot(str)
    def _on_activated(self, code: str) -> None:
        self._context.zoom_to([code])

    @Slot(list)
    def _on_selection(self, codes: Sequence[str]) -> None:
        self.canvas.set_selection(codes)
        if codes and self._context.selection_origin in _LISTS:
            self.canvas.bring_into_view(codes[-1])

    # tools

    def take_tool(self, name: str) -> None:
        """Take a tool, with the keyboard's focus on the map."""
        self.canvas.set_tool(name)
        self.canvas.setFocus()

    @Slot(str)
    def _on_tool(self, name: str) -> None:
        self._actions[f"map.{name}"].setChecked(True)

    # messages

    @Slot(object)
    def _on_refused(self, error: Exception) -> None:
        self.banner.show_words("error", words_of(error))

    def shut_down(self) -> None:
        """Keep the draft and end the painting thread."""
        self.drafts.keep_now()
        self.canvas.close()


def _timer(parent: QObject, milliseconds: int, slot: Any) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(slot)
    return timer
