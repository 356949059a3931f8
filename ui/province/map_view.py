"""The map of a province: outlines of districts and streets, coloured by the rate of those asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.coverage.measures import measure_words
from app.services.rollup.province import map_of, whole_at
from app.text import Text
from ui import theme, words
from ui.map.build_scene import build_scene
from ui.map.canvas import MapCanvas
from ui.map.style import unit_fills

if TYPE_CHECKING:
    from app.jobs import Ticket
    from app.services.rollup.province import Answer
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.map.scene import MapScene
    from ui.province.state import ProvinceState

_NAME: Final = Text("省的地图", "Map of the province")
_RATE: Final = Text("{}率", "{} rate")
_PREPARING: Final = Text("准备地图", "Preparing the map")
_DRAWN: Final = ("district", "street")
_OWN: Final = "map."


class ProvinceMap(QWidget):
    """Follows the state: another set of answers is another scene, another question another colouring."""

    picked = Signal(str)  # unit
    opened = Signal(str)  # unit: its registry is wanted

    def __init__(self, context: WindowContext, state: ProvinceState, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._state = context, state
        self._shown: list[Answer] = []
        self._task: Task | None = None
        self.canvas = MapCanvas(self)
        for part in (self.canvas, *self.canvas.findChildren(QObject)):
            if part.objectName().startswith(_OWN):
                part.setObjectName(f"province.{part.objectName()}")
        self.canvas.setObjectName("province.map")
        self.canvas.set_lang(context.lang)
        self.canvas.set_dark(theme.current().name == "dark")
        self.canvas.setMinimumSize(300, 160)
        self.canvas.setAccessibleName(_NAME.in_(context.lang))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.canvas)
        self.canvas.selection_changed.connect(self._on_picked)
        self.canvas.activated.connect(self.opened)
        state.changed.connect(self.look)
        self.look()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Paint the map in another theme, where it is."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.canvas.set_dark(theme.current().name == "dark")

    @Slot()
    def look(self) -> None:
        """Draw what is at hand, where it is not drawn yet."""
        told = self._state.told()
        if len(told) == len(self._shown) and all(a is b for a, b in zip(told, self._shown, strict=True)):
            self._colour()
            return
        self._shown = told
        day = self._state.day
        if self._task is not None:
            self._task.cancel()

        def job(ticket: Ticket) -> MapScene | None:
            drawn = map_of(told)
            return None if drawn is None else build_scene(*drawn, day, (), ticket)

        self._task = self._context.tasks.start(
            job, on_registry=False, words=_PREPARING, on_failure=self._context.refused.emit
        )
        self._task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, scene: MapScene | None) -> None:
        self._task = None
        if scene is None:
            self.canvas.forget_scene()
            return
        self.canvas.set_scene(scene)
        self._colour()

    def _colour(self) -> None:
        state = self._state
        level = state.question.by if state.question.by in _DRAWN else _DRAWN[-1]
        whole = state.whole if level == state.question.by else whole_at(state.told(), level)
        if whole is None:
            self.canvas.set_choropleth({}, _DRAWN[0])
            return
        said = measure_words(whole.profile, whole.coverage.query.measure)
        self.canvas.set_synthetic(words.SYNTHETIC if whole.info.is_synthetic else None)
        self.canvas.set_choropleth(unit_fills(whole.coverage), level)
        self.canvas.set_legend(Text(_RATE.zh.format(said.zh), _RATE.en.format(said.en)))

    def show_unit(self, unit: str) -> None:
        """Mark a unit, and bring it into sight."""
        self.canvas.set_selection([unit])
        self.canvas.bring_into_view(unit)

    @Slot(list)
    def _on_picked(self, codes: list[str]) -> None:
        if codes:
            self.picked.emit(codes[-1])

    def shut_down(self) -> None:
        """End the painting thread."""
        if self._task is not None:
            self._task.cancel()
        self.canvas.close()
