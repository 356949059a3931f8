"""The tab "topics": a chooser and one page at a time. A page is made when it is first shown."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.text import Text
from ui import theme
from ui.topic_list import BY_NAME, TOPICS
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.keeping import State, give_back, kept
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent, QWheelEvent

    from ui.bridge.context import WindowContext
    from ui.topic_list import TopicEntry
    from ui.topics.base.topic import Topic

_WORDS: Final = Text("专题", "Topics")
_CHOICE: Final = Text("哪个专题", "Which topic")
_MORE: Final = Text("这一行的其余工具", "The other tools of this line")
_BAR: Final = 30


def topic_class(entry: TopicEntry) -> type[Topic]:
    """Return the class of a topic; its module is imported only now."""
    found: type[Topic] = getattr(import_module(f"ui.topics.{entry.module}"), entry.type_name)
    return found


class Bar(QScrollArea):
    """The tools of a topic in one line; what has no room is scrolled to by the wheel or as the focus moves."""

    def __init__(self, inner: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)
        self.setWidget(inner)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll to the side: there is nothing above or below."""
        turned = event.angleDelta()
        line = self.horizontalScrollBar()
        line.setValue(line.value() - (turned.x() or turned.y()))
        event.accept()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, _BAR)

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, _BAR)


class TopicsPanel(QWidget):
    """One topic in sight; the last one chosen is remembered."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._made: dict[str, Topic] = {}
        self._kept: dict[str, tuple[State, State]] = {}
        self.setObjectName("topics")
        self.setAccessibleName(context.say(_WORDS))
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.choice = ChoiceBox(self)
        self.choice.setObjectName("topics.choice")
        self.choice.setAccessibleName(context.say(_CHOICE))
        set_tip(self.choice, context.say(_CHOICE))
        self.choice.setMaxVisibleItems(24)
        for entry in TOPICS:
            self.choice.addItem(context.say(entry.words), entry.name)
        self.bars = QStackedWidget(self)
        self.bars.setObjectName("topics.bars")
        self.bars.setFixedHeight(_BAR)
        self.pages = QStackedWidget(self)
        self.pages.setObjectName("topics.pages")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.choice)
        top.addWidget(self.bars, 1)
        self.more = QToolButton(self)
        self.more.setObjectName("topics.more")
        self.more.setAccessibleName(context.say(_MORE))
        set_tip(self.more, context.say(_MORE))
        self.more.setProperty("role", "quiet")
        self.more.setFixedSize(26, 26)
        self.more.clicked.connect(self._on_more)
        self.more.hide()
        top.addWidget(self.more)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 6, 12, 6)
        box.setSpacing(4)
        box.addLayout(top)
        box.addWidget(self.pages, 1)
        kept = self.choice.findData(context.settings.topic)
        self.choice.setCurrentIndex(max(0, kept))
        self.choice.currentIndexChanged.connect(self._on_choice)

    def state(self) -> dict[str, Any]:
        """Return what was done to each topic that was opened."""
        made = {name: (kept(topic), kept(topic.bar)) for name, topic in self._made.items()}
        return {"topics": self._kept | made, "is_open": self.isVisible()}

    def restore(self, state: dict[str, Any]) -> None:
        """Have the topics as they were; one that is out of sight takes it when it is opened."""
        self._kept = dict(state["topics"])
        if state["is_open"] or str(self.choice.currentData()) in self._kept:
            self._bring(str(self.choice.currentData()))

    @property
    def current(self) -> Topic | None:
        """The topic in sight, or None before any was made."""
        return self._made.get(str(self.choice.currentData()))

    def show_topic(self, name: str) -> Topic:
        """Bring a topic to the front and return it."""
        if name != self.choice.currentData():
            self.choice.setCurrentIndex(self.choice.findData(name))
        return self._bring(name)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Make the first topic only now."""
        super().showEvent(event)
        self._bring(str(self.choice.currentData()))

    @Slot(int)
    def _on_choice(self, _place: int) -> None:
        name = str(self.choice.currentData())
        self._context.settings.topic = name
        self._bring(name)

    def _bring(self, name: str) -> Topic:
        topic = self._made.get(name)
        if topic is None:
            topic = self._made[name] = topic_class(BY_NAME[name])(self._context, self.pages)
            self.pages.addWidget(topic)
            bar = Bar(topic.bar, self.bars)
            bar.setObjectName(f"{name}.bar")
            self.bars.addWidget(bar)
            bar.horizontalScrollBar().rangeChanged.connect(self._show_more)
            bar.horizontalScrollBar().valueChanged.connect(self._show_more)
            self._take_up(name)
        self.pages.setCurrentWidget(topic)
        self.bars.setCurrentIndex(self.pages.currentIndex())
        self._show_more()
        return topic

    def _take_up(self, name: str) -> None:
        """Do to a new topic what was done to the one before it."""
        if name in self._kept:
            page, tools = self._kept.pop(name)
            give_back(self._made[name].bar, tools)
            give_back(self._made[name], page)

    @Slot()
    def _show_more(self) -> None:
        """Offer the way to tools that have no room, or back to the first ones."""
        bar = self.bars.currentWidget()
        if isinstance(bar, Bar):
            line = bar.horizontalScrollBar()
            self.more.setVisible(line.maximum() > 0)
            self.more.setIcon(theme.icon("caret-left" if line.value() == line.maximum() else "caret-right"))

    @Slot()
    def _on_more(self) -> None:
        bar = self.bars.currentWidget()
        if isinstance(bar, Bar):
            line = bar.horizontalScrollBar()
            line.setValue(0 if line.value() == line.maximum() else line.maximum())
