"""What a view says while it has nothing to show: what is missing, and one act that mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui.widgets.mark import Mark
from ui.widgets.permit import permit
from ui.widgets.plain import plain_caption, text_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from ui.bridge.context import WindowContext

_MARK_FROM: Final = 130  # [px] of height from which there is room for the sign
_SIDE: Final = 12  # [px] left free at the sides, a third of it
_NARROW: Final = 200  # [px] up to this width
_AROUND: Final = 40  # [px] beside and between sentence and button in one line
_LOW: Final = 76  # [px] below which sentence and button have no room one below the other


class Import(NamedTuple):
    """The deed of bringing in a file of a kind of records."""

    kind: str


class Tab(NamedTuple):
    """The deed of opening a tab below the map."""

    name: str


class Offer(NamedTuple):
    """What is missing, what a button offers to do about it, and the deed: an action's name or something to call."""

    said: Text
    do: Text
    act: str | Import | Tab | Callable[[], object]


NO_BORDERS: Final = Offer(
    Text("这里还没有界线", "There are no borders here yet"),
    Text("导入界线…", "Import borders…"),
    Import("grids"),
)
NO_COMPOUNDS: Final = Offer(
    Text("这里还没有小区", "There are no compounds here yet"),
    Text("导入小区…", "Import compounds…"),
    Import("compounds"),
)

NONE_ASKED: Final = Offer(
    Text("所问的里面没有小区", "No compound is among what is asked about"),
    Text("看覆盖面板，换个问法", "Ask otherwise in the coverage panel"),
    Tab("coverage"),
)


def lacking(context: WindowContext) -> Offer | None:
    """Return what a registry lacks before any view has something to show, None where it lacks nothing."""
    registry = context.registry
    if registry is None or len(registry.dataset.of("compounds")):
        return None
    return NO_COMPOUNDS


class EmptyView(QWidget):
    """A sign, a sentence and a button, in the middle. ``name`` is the room's: the parts are ``name.empty…``."""

    def __init__(self, context: WindowContext, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._offer: Offer | None = None
        self._mark = Mark("cursor", "t3", self, 28)
        self.said = text_label("", "second", self)
        self.said.setObjectName(f"{name}.empty")
        self.said.setWordWrap(True)
        self.said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.act = QPushButton(self)
        self.act.setObjectName(f"{name}.empty_act")
        self.act.setAutoDefault(False)
        self.act.clicked.connect(self._on_act)
        self._box = box = QVBoxLayout(self)
        box.setSpacing(8)
        box.addStretch(1)
        box.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addWidget(self.said)
        box.addWidget(self.act, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(2)

    def show_offer(self, offer: Offer) -> None:
        """Say what is missing and offer the act; grey, with the reason, where it may not be done now."""
        self._offer = offer
        do = self._context.say(offer.do)
        self.said.setText(self._context.say(offer.said))
        self.act.setText(plain_caption(do))
        self.act.setAccessibleName(do)
        writes = isinstance(offer.act, Import)
        permit(self.act, self._context.why_locked if writes else "")
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in one line where the view is low, and leave the sign out where there is no room for it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_low = self.height() < _LOW
        ways = QBoxLayout.Direction
        self._box.setDirection(ways.LeftToRight if is_low else ways.TopToBottom)
        side = _SIDE if self.width() > _NARROW else _SIDE // 3
        self._box.setContentsMargins(side, 4, side, 4)
        button = self.act.sizeHint().width()
        self.act.setMinimumWidth(button)
        line = self.said.fontMetrics().horizontalAdvance(self.said.text())
        self.said.setWordWrap(not is_low or line + button + _AROUND > self.width())
        self._mark.setVisible(self.height() >= _MARK_FROM)

    @Slot()
    def _on_act(self) -> None:
        if self._offer is None:
            return
        match self._offer.act:
            case Import(kind):
                self._context.import_asked.emit(kind)
            case Tab(name):
                self._context.tab_asked.emit(name)
            case str() as action:
                self._context.wanted.emit(action)
            case deed:
                deed()


class EmptyOver(QObject):
    """Lays an ``EmptyView`` over a list, tree or table while it has no rows and ``what`` says what is missing."""

    def __init__(
        self,
        context: WindowContext,
        name: str,
        view: QAbstractItemView,
        what: Callable[[], Offer | None],
    ) -> None:
        super().__init__(view)
        self._context, self._name, self._view, self._what = context, name, view, what
        self._page: EmptyView | None = None  # made when it is first wanted
        view.viewport().installEventFilter(self)
        model = view.model()
        for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved, model.layoutChanged):
            signal.connect(self.look)
        context.changed.connect(self.look)
        context.as_of_changed.connect(self.look)

    @Slot()
    def look(self, *_changed: object) -> None:
        """See whether there is something to show, and say what is missing where there is not."""
        offer = None if self._view.model().rowCount() else self._what()
        if offer is not None:
            if self._page is None:
                self._page = EmptyView(self._context, self._name, self._view.viewport())
            self._page.setGeometry(self._view.viewport().rect())
            self._page.show_offer(offer)
        if self._page is not None:
            self._page.setVisible(offer is not None)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Show}:
            self.look()
        return super().eventFilter(watched, event)
