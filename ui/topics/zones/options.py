"""How zones are to be made, beside size and street: folded into one button, for most plans need none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QMenu,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from app.domain.vocabulary import LEVELS
from app.text import Text
from ui.topics.base.tools import offer
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.number_box import NumberBox
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

_WORDS: Final = Text("选项", "Options")
_KIND: Final = Text("编哪类小区", "Which compounds")
_COUNTED: Final = Text("计入的都编", "all that are counted")
_WITHIN_SAYS: Final = Text("不跨哪级的界线", "Borders not to cross")
_BORDERS: Final = Text("{}界", "{} borders")
_CROSSED: Final = Text("{}界（可跨{}）", "{} borders (may cross those of a {})")
_WITHIN: Final = (
    ("street", "community"),
    ("community", ""),
    ("district", "street"),
)  # border, what may be crossed
_EXISTING_SAYS: Final = Text("已有的片区", "Zones there are")
_EXISTING: Final = {
    "keep": Text("不动，只编其余小区", "stay; only the rest is bundled"),
    "replace": Text("替换", "are replaced"),
}
_REACH: Final = Text("多近算相邻", "How near adjoins")
_TOLERANCE: Final = Text("户数可以差多少", "How far off the size may be")
_SCATTERED: Final = Text("零星楼栋也编入", "Scattered buildings too")


class ZoneOptions(QToolButton):
    """A button whose menu holds the options; each keeps its value while the window is open."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setObjectName("zones.options")
        self.setText(context.say(_WORDS))
        self.setAccessibleName(context.say(_WORDS))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("zones.options.menu")
        inner = QWidget(menu)
        form = QFormLayout(inner)
        self.kind = self._box("kind", _KIND, {"": _COUNTED}, form)
        self.within = self._box("within", _WITHIN_SAYS, _within(), form)
        self.existing = self._box("existing", _EXISTING_SAYS, _EXISTING, form)
        self.reach = self._spin("reach", _REACH, 1000, 60, 10, form)
        self.reach.setSuffix(context.say(Text(" 米", " m")))
        self.tolerance = self._spin("tolerance", _TOLERANCE, 90, 20, 5, form)
        self.tolerance.setPrefix("± ")
        self.tolerance.setSuffix(" %")
        self.scattered = QCheckBox(context.say(_SCATTERED), inner)
        self.scattered.setObjectName("zones.scattered")
        self.scattered.setAccessibleName(self.scattered.text())
        form.addRow(self.scattered)
        action = QWidgetAction(menu)
        action.setDefaultWidget(inner)
        menu.addAction(action)
        self.setMenu(menu)

    def offer_kinds(self, kinds: list[tuple[str, str]]) -> None:
        """Offer the kinds of compound that the profile knows."""
        offer(self.kind, [("", self._context.say(_COUNTED)), *kinds])

    def _box(self, name: str, said: Text, items: dict[str, Text], form: QFormLayout) -> ChoiceBox:
        box = ChoiceBox(form.parentWidget())
        box.setObjectName(f"zones.{name}")
        box.setAccessibleName(self._context.say(said))
        for value, text in items.items():
            box.addItem(self._context.say(text), value)
        form.addRow(text_label(self._context.say(said)), box)
        return box

    def _spin(self, name: str, said: Text, high: int, value: int, step: int, form: QFormLayout) -> NumberBox:
        spin = NumberBox(form.parentWidget())
        spin.setObjectName(f"zones.{name}")
        spin.setAccessibleName(self._context.say(said))
        spin.setRange(0, high)
        spin.setSingleStep(step)
        spin.setValue(value)
        form.addRow(text_label(self._context.say(said)), spin)
        return spin


def _within() -> dict[str, Text]:
    """Return the choices of the borders that a zone may not cross, the usual one first."""
    found = {}
    for level, crossed in _WITHIN:
        own, other = LEVELS[level], LEVELS.get(crossed)
        found[level] = (
            Text(_BORDERS.zh.format(own.zh), _BORDERS.en.format(own.en))
            if other is None
            else Text(_CROSSED.zh.format(own.zh, other.zh), _CROSSED.en.format(own.en, other.en))
        )
    return found
