"""The map as a widget: what floats over it, and what it tells of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.text import Text
from ui.map import accessible
from ui.map.controls import BAND_WORDS, HintBar, Legend, ZoomButtons
from ui.map.editing.keys import step_zoom
from ui.map.editing.number_field import NumberField
from ui.map.floats import lifted
from ui.map.hands import MapHands
from ui.map.surface import GAP
from ui.map.words import MAP, describe, tip
from ui.widgets.plain import hide_tip, show_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QCloseEvent

    from ui.map.view import View

_TIP_MS: Final = 400
_SCALE_ROOM: Final = (308, 24)  # scale bar and the word for made-up data beside it [px]
_HEAD: Final = 97  # kept for the tools at the upper left and a toast below them [px]
_TOOLS: Final = 52  # height of the bar of tools and its gap [px]
_HIGH: Final = 420  # a lower map has room for one line of hints [px]
_BIG_STEP: Final = 1.5  # of the zoom buttons and keys
SYNTHETIC: Final = Text("合成数据", "Synthetic data")


class MapCanvas(MapHands):
    """The map of one registry. Setters never emit; signals tell what the user did.

    ``close()`` ends the painting thread; whoever owns the canvas calls it. ``tip_words`` may be replaced.
    """

    floats_placed = Signal()  # legend, hints or buttons may lie elsewhere now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map.canvas")
        accessible.install()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # single letters are commands
        self.setMinimumSize(420, 200)
        self.tip_words: Callable[[str], str] = self._tip
        self._tip_timer = QTimer(self)
        self._tip_timer.setSingleShot(True)
        self._tip_timer.setInterval(_TIP_MS)
        self._tip_timer.timeout.connect(self._show_tip)
        self.zoom_buttons = ZoomButtons(self)
        for button, act in zip(
            self.zoom_buttons.buttons, (self.zoom_in, self.zoom_out, self.zoom_fit), strict=True
        ):
            button.clicked.connect(act)
        self.legend = Legend(self)
        self.legend.toggled.connect(self._on_legend_toggled)
        self._is_legend_wanted = True
        self.hint_bar = HintBar(self)
        self.numbers = NumberField(self)
        self.numbers.typed.connect(self._on_numbers)
        self.numbers_asked.connect(self._ask_numbers)
        self.tool_changed.connect(self.numbers.hide)
        self.dress()

    @override
    def look_at(self, code: str | None) -> None:
        self._tip_timer.stop()
        hide_tip()
        if code is not None:
            self._tip_timer.start()

    @Slot()
    def _show_tip(self) -> None:
        if self._hovered and self.underMouse() and (words := self.tip_words(self._hovered)):
            show_tip(self.cursor().pos() + QPoint(14, 16), words, self)

    @Slot()
    def _on_legend_toggled(self) -> None:
        self.dress()

    def _tip(self, code: str) -> str:
        return tip(self._style, code, self._lang)

    @Slot()
    def _ask_numbers(self) -> None:
        self.numbers.open()
        self._place_floats()

    @Slot(str)
    def _on_numbers(self, text: str) -> None:
        wrong = self.held.take_numbers(text)
        self.numbers.answer(None if wrong is None else wrong.in_(self._lang))

    # -- what floats over the map --------------------------------------------------------------

    def set_legend(self, title: Text, bands: Sequence[str] = BAND_WORDS) -> None:
        """Say what the colours show and what their five classes stand for."""
        self.legend.set_title(title, bands)
        self.dress()

    def set_legend_visible(self, is_wanted: bool) -> None:
        """Show the legend chip, or leave the legend to a panel."""
        self._is_legend_wanted = is_wanted
        self.dress()

    @override
    def describe(self) -> None:
        self.setAccessibleDescription(describe(self._style, self._view, self._selected, self._lang))

    @override
    def dress(self) -> None:
        style = self._style
        self.setAccessibleName(MAP.in_(self._lang))
        self.numbers.speak(self._lang)
        self.zoom_buttons.dress(style.palette, self._lang)
        self.legend.dress(
            style.palette,
            self._lang,
            style.sequence,
            has_fills=bool(style.fills),
            has_statuses=bool(style.statuses),
        )
        self._place_floats()
        self.update()

    def _place_floats(self) -> None:
        """Put buttons, hints and legend over the map, none over another; a low map folds the legend."""
        buttons, bar, legend = self.zoom_buttons, self.hint_bar, self.legend
        buttons.move(self.width() - buttons.width() - GAP + 3, self.height() - buttons.height() - 48)
        room = self.width() - 2 * (buttons.width() + GAP)
        most = 3 if self.height() >= _HIGH else 1
        bar.tell(self.held.hints(), self._style.palette, self._lang, room, most=most)
        middle = QRect(0, self.height() - bar.height() - GAP, bar.width(), bar.height())
        middle.moveLeft(max((self.width() - bar.width()) // 2, 0))
        bar.move(lifted(middle, [self._scale_room()]).topLeft())
        legend.setVisible(self._is_legend_wanted and legend.has_content())
        legend.squeeze(is_squeezed=False)
        if self._legend_spot().top() < _HEAD:
            legend.squeeze(is_squeezed=True)
            if self._legend_spot().top() < _HEAD:
                legend.hide()
        legend.move(self._legend_spot().topLeft())
        if not self.numbers.isHidden():
            self.numbers.place(self.rect(), self.hint_bar.geometry())
        self.floats_placed.emit()

    def _scale_room(self) -> QRect:
        width, height = _SCALE_ROOM
        return QRect(GAP, self.height() - GAP - height, width, height)

    def _legend_spot(self) -> QRect:
        above = [self._scale_room(), *([] if self.hint_bar.isHidden() else [self.hint_bar.geometry()])]
        spot = QRect(self.legend.rect())
        spot.moveTo(GAP - 3, self.height() - GAP - self.legend.height())
        return lifted(spot, above)

    @property
    @override
    def free_room(self) -> QRectF:
        room = QRectF(self.rect())
        room.setTop(_TOOLS)
        apart = (self.zoom_buttons, self.numbers)  # small, and gone with the next key
        below = [
            child.y()
            for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
            if child.isVisible() and child not in apart and child.y() > self.height() / 2
        ]
        room.setBottom(min([self.height(), *below]))
        return room

    def free_spot(self, spot: QRect) -> QRect:
        """Move what is to float here, in the map's pixels, to where nothing else does."""
        shown = [part for part in (self.zoom_buttons, self.hint_bar, self.legend) if not part.isHidden()]
        return lifted(spot, [self._scale_room(), *(part.geometry() for part in shown)])

    @Slot()
    def zoom_in(self) -> None:
        """Go one step closer."""
        step_zoom(self, _BIG_STEP)

    @Slot()
    def zoom_out(self) -> None:
        """Go one step back."""
        step_zoom(self, 1 / _BIG_STEP)

    @override
    def move_view(self, view: View) -> None:
        self._tip_timer.stop()
        super().move_view(view)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._tip_timer.stop()
        super().closeEvent(event)
