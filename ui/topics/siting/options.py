"""How places are looked for, beside kind, radius and number: folded into one button, for most need none of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QFormLayout, QMenu, QToolButton, QWidget, QWidgetAction

from app.domain.kinds import KINDS
from app.services.siting.request import BUDGET_MS, MODELS
from app.text import Text
from ui.models.sites import Pick
from ui.topics.base.tools import offer
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.number_box import NumberBox
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

_WORDS: Final = Text("选项", "Options")
_MODEL: Final = Text("怎样算好", "What is best")
_CANDIDATES: Final = Text("候选点", "Candidates")
_MADE: Final = Text("程序定，在小区里", "made by the program, in compounds")
_ROADS: Final = Text("距离", "Distance")
_STRAIGHT: Final = Text("按直线", "by straight line")
_FILE: Final = Text("选图层文件…", "Choose a layer file…")
_CAPACITY: Final = Text("一个新站最多服务", "A new station serves at most")
_BUDGET: Final = Text("最多找多久", "Look for at most")
_OWN: Final = ("compounds", "buildings", "communities", "grids")  # layers whose places may be candidates
_CHOOSE: Final = "?"
_LAYERS: Final = (Text("图层", "Layer"), (".gpkg", ".geojson", ".json", ".shp", ".zip"))


class SitingOptions(QToolButton):
    """A button whose menu holds the options; each keeps its value while the window is open."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setObjectName("site.options")
        self.setText(context.say(_WORDS))
        self.setAccessibleName(context.say(_WORDS))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("site.options.menu")
        inner = QWidget(menu)
        form = QFormLayout(inner)
        self.model = self._box("model", _MODEL, form)
        offer(self.model, [(name, context.say(said)) for name, said in MODELS.items()])
        self.candidates = self._box("candidates", _CANDIDATES, form)
        own = [(KINDS[kind].table, context.say(KINDS[kind].words)) for kind in _OWN]
        self._given = {
            "candidates": [("", context.say(_MADE)), *own],
            "roads": [("", context.say(_STRAIGHT))],
        }
        self.roads = self._box("roads", _ROADS, form)
        for name, box in (("candidates", self.candidates), ("roads", self.roads)):
            offer(box, [*self._given[name], (_CHOOSE, context.say(_FILE))])
            box.activated.connect(partial(self._on_box, name, box))
        self.capacity = self._spin("capacity", _CAPACITY, 1_000_000, 0, 100, form)
        self.capacity.setSpecialValueText(context.say(Text("不限", "any number")))
        self.capacity.setSuffix(context.say(Text(" 户", " households")))
        self.budget = self._spin("budget", _BUDGET, 3600, BUDGET_MS // 1000, 5, form)
        self.budget.setMinimum(1)
        self.budget.setSuffix(context.say(Text(" 秒", " s")))
        action = QWidgetAction(menu)
        action.setDefaultWidget(inner)
        menu.addAction(action)
        self.setMenu(menu)

    def take_file(self, name: str, path: str) -> None:
        """Offer a layer's file in the box of candidates or roads, and choose it."""
        box = self.candidates if name == "candidates" else self.roads
        if path not in [value for value, _ in self._given[name]]:
            self._given[name].append((path, path.replace("\\", "/").rpartition("/")[2]))
        offer(box, [*self._given[name], (_CHOOSE, self._context.say(_FILE))])
        box.setCurrentIndex(box.findData(path))

    def _on_box(self, name: str, box: ChoiceBox, _index: int) -> None:
        if box.currentData() != _CHOOSE:
            return
        box.setCurrentIndex(0)
        self.menu().hide()
        self._context.pick_asked.emit(
            Pick(purpose=f"site.{name}", kinds=(_LAYERS,), take=partial(self.take_file, name))
        )

    def _box(self, name: str, said: Text, form: QFormLayout) -> ChoiceBox:
        box = ChoiceBox(form.parentWidget())
        box.setObjectName(f"site.{name}")
        box.setAccessibleName(self._context.say(said))
        form.addRow(text_label(self._context.say(said)), box)
        return box

    def _spin(self, name: str, said: Text, high: int, value: int, step: int, form: QFormLayout) -> NumberBox:
        spin = NumberBox(form.parentWidget())
        spin.setObjectName(f"site.{name}")
        spin.setAccessibleName(self._context.say(said))
        spin.setRange(0, high)
        spin.setSingleStep(step)
        spin.setValue(value)
        form.addRow(text_label(self._context.say(said)), spin)
        return spin
