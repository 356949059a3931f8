"""The four steps of the first day, over the map of a registry that has no compounds yet: a button each, and what is done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.kinds import UNIT_KINDS
from app.text import Text
from ui import theme
from ui.panels.frame.toast import float_over
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("第一天，四步就能看到覆盖率", "Coverage on the first day, in four steps")
_STEPS: Final = (  # name, kind to bring in, kinds that tell that it is done, words
    ("borders", "grids", tuple(UNIT_KINDS), Text("导入界线", "Import borders")),
    ("compounds", "compounds", ("compounds",), Text("导入小区", "Import compounds")),
    (
        "parties",
        "attachments",
        ("attachments", "engagements"),
        Text("挂上党组织与物业", "Attach organisations and firms"),
    ),
    ("coverage", "", (), Text("看覆盖与缺口", "See coverage and gaps")),
)
_DONE: Final = Text("已有 {}", "{} there")


class FourSteps(QFrame):
    """Goes away by itself as soon as there is a compound."""

    def __init__(self, context: WindowContext, over: QWidget) -> None:
        super().__init__(over)
        self._context, self._over = context, over
        self.setObjectName("steps")
        self.setProperty("room", "float")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(8)
        self._title = text_label("", "card", self)
        box.addWidget(self._title)
        self._buttons: dict[str, QPushButton] = {}
        for name, kind, _kinds, _words in _STEPS:
            button = QPushButton(self)
            button.setObjectName(f"steps.{name}")
            ask = context.import_asked if kind else context.tab_asked
            button.clicked.connect(partial(ask.emit, kind or name))
            box.addWidget(button)
            self._buttons[name] = button
        float_over(self)
        over.installEventFilter(self)
        context.registry_opened.connect(self.look)
        context.changed.connect(self.look)
        self.look()

    @Slot()
    def look(self, *_changed: object) -> None:
        """See what is done, in the window's language."""
        registry, say = self._context.registry, self._context.say
        self._title.setText(say(_TITLE))
        for name, _kind, kinds, words in _STEPS:
            count = 0 if registry is None else sum(len(registry.dataset.of(kind)) for kind in kinds)
            said = f"{say(words)}  ·  {say(_DONE).format(f'{count:,}')}" if count else say(words)
            self._buttons[name].setText(said)
            self._buttons[name].setAccessibleName(said)
            self._buttons[name].setIcon(theme.icon("check" if count else "caret-right"))
        self.setVisible(registry is not None and not len(registry.dataset.of("compounds")))
        self._place()

    def _place(self) -> None:
        self.adjustSize()
        over = self._over.rect()
        self.move((over.width() - self.width()) // 2, max(60, (over.height() - self.height()) // 2))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
