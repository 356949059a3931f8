"""The small things that float over the map: zoom buttons, legend, hint bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QTextLayout
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.looks.bands import MUCH_UNKNOWN_MARK, marks
from app.domain.looks.wording import NOTHING
from app.domain.vocabulary import HEADINGS
from app.text import Text
from ui import theme
from ui.map.frame import draw_card
from ui.map.inks import hatch_image
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from ui.map.editing.tools import Hint
    from ui.map.palette import MapPalette

_ZOOM: Final = (
    ("map.zoom_in", "plus", Text("放大", "Zoom in")),
    ("map.zoom_out", "minus", Text("缩小", "Zoom out")),
    ("map.zoom_fit", "arrows-out-simple", Text("看全区", "Show all")),
)
BAND_WORDS: Final = marks()
_UNKNOWN: Final = HEADINGS["unknown"]
_MUCH_UNKNOWN: Final = MUCH_UNKNOWN_MARK.heading()
_NO_DATA: Final = NOTHING.heading()
_SHOWN: Final = ("covered", "uncovered", "unknown")


class ZoomButtons(QWidget):
    """Plus, minus and fit, under one another."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map.zoom")
        self.buttons: list[QToolButton] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5, 5, 5, 7)
        layout.setSpacing(0)
        for name, _, _ in _ZOOM:
            button = QToolButton(self)
            button.setObjectName(name)
            button.setAutoRaise(True)
            button.setFixedSize(28, 28)
            button.setIconSize(QSize(16, 16))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)
            self.buttons.append(button)
        self.setFixedSize(38, 3 * 28 + 12)
        self._palette: MapPalette | None = None
        self._lang = ""

    def dress(self, palette: MapPalette, lang: str) -> None:
        """Take colours and words."""
        if (palette, lang) == (self._palette, self._lang):
            return
        self._palette, self._lang = palette, lang
        for button, (_, icon, words) in zip(self.buttons, _ZOOM, strict=True):
            button.setIcon(theme.icon(icon, 16, "t1"))
            button.setAccessibleName(words.in_(lang))
            set_tip(button, words.in_(lang))
        self.setStyleSheet(
            "QToolButton { border: 0; padding: 0; margin: 0; background: transparent; border-radius: 4px; }"
            f"QToolButton:hover {{ background: {palette.accent_ground}; }}"
            f"QToolButton:focus {{ border: 2px solid {palette.accent}; }}"
        )
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_card(painter, QRectF(self.rect()).adjusted(3, 2, -3, -4), self._palette)
        painter.end()


class Legend(QWidget):
    """What the colours mean: folded to a chip, or with every class and its words."""

    toggled = Signal(bool)  # unfolded

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map.legend")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._palette: MapPalette | None = None
        self._lang = "zh"
        self._title = Text("", "")
        self._sequence = "wash"
        self._bands: tuple[str, ...] = BAND_WORDS
        self._has_fills = False
        self._has_statuses = False
        self.is_open = False  # as the user wants it
        self._is_squeezed = False

    def dress(
        self, palette: MapPalette, lang: str, sequence: str, *, has_fills: bool, has_statuses: bool
    ) -> None:
        """Take colours, language and what there is to explain; hides itself where that is nothing."""
        self._palette, self._lang, self._sequence = palette, lang, sequence
        self._has_fills, self._has_statuses = has_fills, has_statuses
        self._resize()

    def set_title(self, title: Text, bands: Sequence[str] = BAND_WORDS) -> None:
        """Say what is shown and what its five classes stand for."""
        self._title, self._bands = title, tuple(bands)
        self._resize()

    def has_content(self) -> bool:
        """Whether there is anything to explain."""
        return self._has_fills or self._has_statuses

    def toggle(self) -> None:
        """Fold or unfold."""
        self.is_open = not self.is_open
        self._resize()
        self.toggled.emit(self.is_open)

    def squeeze(self, *, is_squeezed: bool) -> None:
        """Show the chip alone where the map has no room for more; what the user unfolded comes back with the room."""
        if is_squeezed != self._is_squeezed:
            self._is_squeezed = is_squeezed
            self._resize()

    @property
    def _is_unfolded(self) -> bool:
        return self.is_open and not self._is_squeezed

    def _words(self) -> str:
        return self._title.in_(self._lang) or Text("图例", "Legend").in_(self._lang)

    def _resize(self) -> None:
        text = QFontMetricsF(theme.font(12)).horizontalAdvance
        if self._is_unfolded:
            rows = 1 + 2 * self._has_fills + self._has_statuses
            width = max(250.0, text(self._words()) + 50)
            if self._lang == "en":
                width = max(width, 300.0)
            self.resize(round(width), 12 + 24 * rows + 6)
        else:
            width = text(self._words()) + text(_UNKNOWN.in_(self._lang)) + 5 * 25 * self._has_fills
            self.resize(round(width) + 88 + 42 * (self._has_statuses and not self._has_fills), 34)
        parts = [self._words()]
        if self._has_fills:
            parts.append("、".join(self._bands))
        parts.append(_UNKNOWN.in_(self._lang))
        self.setAccessibleName("：".join(parts[:1]) + " " + "、".join(parts[1:]))
        self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.toggle()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggle()
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None or not self.has_content():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_card(painter, QRectF(self.rect()).adjusted(3, 2, -3, -4), self._palette)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._palette.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -2), 7, 7)
        paint_legend(
            painter,
            QPointF(14, 4),
            self._palette,
            self._lang,
            self._words(),
            self._bands if self._has_fills else (),
            self._sequence,
            has_statuses=self._has_statuses,
            is_open=self._is_unfolded,
        )
        mark = "caret-down" if self._is_unfolded else "caret-up"
        theme.draw_icon(painter, mark, QRectF(self.width() - 24, 9, 12, 12), self._palette.t2)
        painter.end()


def paint_legend(
    painter: QPainter,
    at: QPointF,
    palette: MapPalette,
    lang: str,
    title: str,
    bands: Sequence[str],
    sequence: str,
    *,
    has_statuses: bool,
    is_open: bool,
) -> None:
    """Paint the legend from its upper left corner, folded into one line or unfolded."""
    painter.setFont(theme.font(12))
    measure = QFontMetricsF(painter.font()).horizontalAdvance
    x, y = at.x(), at.y()

    def words(text: str, left: float, top: float) -> float:
        painter.setPen(QColor(palette.t1))
        painter.drawText(QRectF(left, top, 600, 24), Qt.AlignmentFlag.AlignVCenter, text)
        return left + measure(text)

    def swatch(left: float, top: float, fill: str, edge: str, *, hatch: str = "", width: float = 24) -> float:
        box = QRectF(left + 0.5, top + 5.5, width, 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRect(box)
        if hatch:
            painter.setBrush(QBrush(hatch_image(QColor(hatch).rgba(), 6, 1.2)))
            painter.drawRect(box)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(edge), 1))
        painter.drawRect(box)
        return left + width + 1

    def of_status(status: str, left: float, top: float, width: float = 20) -> float:
        drawn = palette.of_status(status)
        hatch = drawn.edge if status == "unknown" else ""
        return swatch(left, top, drawn.fill, drawn.dot, hatch=hatch, width=width)

    if not is_open:
        x = words(title, x, y) + 8
        if bands:
            for colour in palette.sequence(sequence):
                x = swatch(x, y, colour, palette.control)
        elif has_statuses:
            for status in _SHOWN[:2]:
                x = of_status(status, x, y, width=18) + 2
            x -= 2
        x = of_status("unknown", x + 6, y) + 4
        words(_UNKNOWN.in_(lang), x, y)
        return
    words(title, x, y)
    y += 24
    if bands:
        left = x
        for colour, band in zip(palette.sequence(sequence), bands, strict=False):
            swatch(left, y - 2, colour, palette.control, width=38)
            painter.setFont(theme.font(11))
            painter.setPen(QColor(palette.t2))
            painter.drawText(QRectF(left, y + 15, 38, 14), Qt.AlignmentFlag.AlignCenter, band)
            painter.setFont(theme.font(12))
            left += 39
        y += 28
        left = swatch(x, y, palette.wash[1], palette.control, hatch=palette.t2, width=20) + 5
        left = words(_MUCH_UNKNOWN.in_(lang), left, y) + 14
        left = swatch(left, y, palette.no_data, palette.control, width=20) + 5
        words(_NO_DATA.in_(lang), left, y)
        y += 22
    if has_statuses:
        left = x
        for status in _SHOWN:
            left = words(HEADINGS[status].in_(lang), of_status(status, left, y) + 5, y) + 12


_HINTS: Final = Text("工具的按键提示", "Keys of the tool in hand")
_LINE: Final = 38  # height of one line of hints [px]
_NEXT_LINE: Final = 26
_EDGE: Final = 16.0


class HintBar(QWidget):
    """The dark bar that names a tool's keys; a refusal takes its place until the next step."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("map.hints")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._palette: MapPalette | None = None
        self._parts: list[tuple[str, str, bool]] = []
        self._lines: list[list[tuple[str, str, bool]]] = []
        self.hide()

    def tell(
        self, hints: Sequence[Hint], palette: MapPalette, lang: str, room: int, *, most: int = 3
    ) -> None:
        """Show these hints, or nothing, on as many lines as ``room`` (px) asks for, ``most`` at most.

        Where there is no room for all, those before the last two (how to finish, how to leave) go first.
        """
        self._palette = palette
        self._parts = [(hint.key.in_(lang), hint.words.in_(lang), hint.is_error) for hint in hints]
        spoken = "；".join(f"{key} {words}".strip() for key, words, _ in self._parts)
        self.setAccessibleName(spoken or _HINTS.in_(lang))
        widest = self._lay_out(room)
        while len(self._lines) > most and len(self._parts) > 2:
            del self._parts[-3 if len(self._parts) > 3 else 0]
            widest = self._lay_out(room)
        self.resize(round(_EDGE + widest), _LINE + _NEXT_LINE * max(0, len(self._lines) - 1))
        self.setVisible(bool(self._parts))
        self.update()

    def _lay_out(self, room: int) -> float:
        """Break the hints into lines; return the width of the widest."""
        self._lines = []
        widest = left = 0.0
        for part in (piece for whole in self._parts for piece in _broken(whole, room - _EDGE)):
            width = _width(part)
            if not self._lines or _EDGE + left + width > room:
                self._lines.append([])
                left = 0.0
            self._lines[-1].append(part)
            left += width
            widest = max(widest, left)
        return widest

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None:
            return
        palette = self._palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_error = any(part[2] for part in self._parts)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.error_ground if is_error else palette.bar))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setPen(QColor(palette.error if is_error else palette.bar_text))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for place, line in enumerate(self._lines):
            x, top = _EDGE, float(place * _NEXT_LINE)
            for part in line:
                _paint_hint(painter, x, top, part)
                x += _width(part)
        painter.end()


def _key_width(key: str) -> float:
    return QFontMetricsF(theme.font(11)).horizontalAdvance(key) + 14 if key else 0.0


def _width(part: tuple[str, str, bool]) -> float:
    """Return the room of one hint, the gap after it included."""
    key, words, _ = part
    return (_key_width(key) + 8 if key else 0.0) + QFontMetricsF(theme.font(13)).horizontalAdvance(words) + 16


def _broken(part: tuple[str, str, bool], room: float) -> list[tuple[str, str, bool]]:
    """Return a sentence in as many pieces as lines of ``room`` (px) ask for; a key with its words stays whole."""
    key, words, is_error = part
    if key or _width(part) <= room:
        return [part]
    layout = QTextLayout(words, theme.font(13))
    layout.beginLayout()
    pieces = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(room - _width(("", "", is_error)), 1.0))
        start = line.textStart()
        pieces.append(("", words[start : start + line.textLength()].strip(), is_error))
    layout.endLayout()
    return pieces


def _paint_hint(painter: QPainter, x: float, top: float, part: tuple[str, str, bool]) -> None:
    key, words, _ = part
    if key:
        painter.setFont(theme.font(11))
        box = QRectF(x, top + 10.5, _key_width(key), 17)
        painter.drawRoundedRect(box, 3, 3)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)
        x += box.width() + 8
    painter.setFont(theme.font(13))
    painter.drawText(QRectF(x, top, _width(part), _LINE), Qt.AlignmentFlag.AlignVCenter, words)
