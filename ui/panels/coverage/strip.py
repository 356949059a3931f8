"""The 32-px strip of small windows: the current place's figure, and how much waits in each tab below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget
from typing_extensions import override

from app.domain.kinds import LEVELS
from app.domain.looks import wording
from app.text import Text
from ui import theme
from ui.models.coverage_words import unit_after
from ui.widgets import paint
from ui.widgets.chip import elided, key_cap
from ui.widgets.coverage_cell import Bar
from ui.widgets.plain import plain_caption, set_tip, text_label

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

COUNTED: Final = frozenset({"table", "findings"})  # tabs that tell how much is in them
ROOM_OF_COUNT: Final = "8,888"  # kept free behind a tab's words, so that none moves when its count comes
_BOTH: Final = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
_STEPS: Final = 8  # from everything to the figure and the tabs' words alone
_PLACE_W: Final = 150  # a place's name
_PLACE_LEAST: Final = 70  # elided further, it names nothing
_EVERYWHERE: Final = Text("全部", "everywhere")


class _ShareBar(QWidget):
    """A bar of the three shares, 100 wide."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.bar = Bar(0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return 100 × 12."""
        return QSize(100, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar."""
        painter = QPainter(self)
        bar = self.bar
        paint.share_bar(painter, QRectF(self.rect()), bar.covered, bar.uncovered, bar.unknown)


class Strip(QWidget):
    """Place, bar, n/d, range, tab counts; a click or Ctrl+J opens the panel."""

    opened = Signal(str)  # the tab's name

    def __init__(self, context: WindowContext, tabs: dict[str, Text], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setProperty("room", "strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(32)
        self.summary = QToolButton(self)
        self.summary.setObjectName("strip.summary")
        self.summary.setProperty("role", "quiet")
        self.summary.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.summary.setIcon(theme.icon("caret-up", 13))
        self.summary.clicked.connect(self._on_summary)
        self._bar = _ShareBar(self)
        self.figure = text_label("", "", self)
        self.figure.setProperty("type", "strong")
        self.figure.setObjectName("strip.figure")
        self.range = text_label("", "", self)
        self.range.setProperty("type", "second")
        self._buttons: dict[str, QToolButton] = {}
        self._titles = tabs
        self._is_narrow = False
        self._place = context.say(_EVERYWHERE)
        self._counts: dict[str, int | None] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 8, 0)
        row.setSpacing(8)
        for part in (self.summary, self._bar, self.figure, self.range):
            row.addWidget(part)
        row.addStretch(1)
        for name in tabs:
            if name == "coverage":
                continue
            button = QToolButton(self)
            button.setObjectName(f"strip.{name}")
            button.setProperty("role", "tab")
            button.setProperty("tab", name)
            button.clicked.connect(self._on_tab)
            self._buttons[name] = button
            row.addWidget(button)
        self._cap = key_cap("Ctrl J", self)
        row.addWidget(self._cap)
        context.figures_changed.connect(self.show_figure)
        context.place_changed.connect(self.show_figure)
        self.speak()

    def speak(self) -> None:
        """Take the words of the window's language."""
        for name, button in self._buttons.items():
            button.setAccessibleName(self._context.say(self._titles[name]))
        self.show_figure()

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Leave out what a narrow window has no room for; the tip of the figure still says it."""
        self._is_narrow = is_narrow
        self._make_room()

    def set_lent(self, name: str | None) -> None:
        """Leave out the tab whose panel stands at the left in this mode."""
        for other, button in self._buttons.items():
            button.setVisible(other != name)
        self._make_room()

    def _make_room(self) -> None:
        """Leave out the least needed parts until every word and number that stays stands whole."""
        layout = self.layout()
        if layout is None:
            return
        for step in range(_STEPS):
            for least, part in ((1, self._cap), (2, self.range), (3, self._bar)):
                part.setVisible(step < least and not self._is_narrow)
            self._name_place(_PLACE_W if step < 4 else _PLACE_LEAST if step < 5 else 0)
            self.summary.setToolButtonStyle(_BOTH if step < 7 else Qt.ToolButtonStyle.ToolButtonIconOnly)
            for name in self._buttons:
                self._name_tab(name, is_counted=step < 6)
            layout.setSpacing(8 if step < 5 else 2)
            layout.invalidate()
            if layout.minimumSize().width() <= self.width():
                return

    def _name_place(self, width: int) -> None:
        title = self._context.say(self._titles["coverage"])
        self.summary.setText(plain_caption(f"{title}   {elided(self._place, width)}" if width else title))

    def _name_tab(self, name: str, *, is_counted: bool) -> None:
        """Print a tab's words and count, in a room that is kept free for it."""
        button, title, count = (
            self._buttons[name],
            self._context.say(self._titles[name]),
            self._counts.get(name),
        )
        said = title if count is None else f"{title} {count:,}"
        room = 0
        if name in COUNTED and is_counted:
            button.ensurePolished()
            button.setText(f"{title} {ROOM_OF_COUNT}")
            room = button.sizeHint().width()
        button.setMinimumWidth(room)
        button.setText(said if is_counted else title)
        set_tip(button, "" if is_counted or count is None else said)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for the figure."""
        super().resizeEvent(event)
        self._make_room()

    def show_count(self, name: str, count: int | None) -> None:
        """Show how much waits in a tab; None = not known yet."""
        if name in self._buttons:
            self._counts[name] = count
            self._make_room()

    @Slot()
    def _on_summary(self) -> None:
        self.opened.emit("coverage")

    @Slot()
    def _on_tab(self) -> None:
        button = self.sender()
        if button is not None:
            self.opened.emit(str(button.property("tab")))

    @Slot()
    def show_figure(self) -> None:
        """Show the figure of the place, or of everything."""
        context = self._context
        figured = context.figured
        name, found = context.say(_EVERYWHERE), None
        for level in LEVELS:
            coverage = figured.coverages.get(level)
            if coverage is None:
                continue
            found = found or coverage.total
            for row in coverage.rows:
                if row.unit == context.place:
                    name, found = row.name or row.unit, row
        self._place = name
        title = f"{context.say(self._titles['coverage'])}   {name}"
        set_tip(self.summary, name)
        if found is None:
            self._bar.bar = Bar(0, 0, 0)
            self.figure.clear()
            self.range.clear()
        else:
            f = found.figures
            bar = Bar(f.covered, f.uncovered, f.unknown)
            self._bar.bar = bar
            self.figure.setText(context.say(wording.rate_of(f, unit_after(context))))
            self.range.setText(context.say(wording.beside(f)))
        set_tip(self.figure, self.range.text())
        self.summary.setAccessibleName(f"{title} {self.figure.text()} {self.range.text()}")
        self._bar.update()
        self._make_room()
