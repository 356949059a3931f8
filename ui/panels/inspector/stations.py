"""The nearest stations with their distance; a click goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.text import Text
from ui import theme
from ui.panels.inspector.dossier import FAR_M, metres
from ui.panels.inspector.parts import refill
from ui.widgets.chip import elided
from ui.widgets.plain import plain_caption, set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ui.panels.inspector.dossier import Near

_NAME_W: Final = 200
_NO_OUTLINE: Final = Text("本处没有边界，量不出有多远", "No outline here, so no distance can be measured")
_NONE_RECORDED: Final = Text("还没有登记站点", "No station is recorded yet")
_NONE_PLACED: Final = Text(
    "登记的站点当日都不在期，或没有位置", "No station recorded has a place and is in force"
)


def none_words(*, has_outline: bool, has_stations: bool) -> Text:
    """Return why no station stands here: nothing to measure from, none recorded, or none of them in force."""
    if not has_stations:
        return _NONE_RECORDED
    return _NONE_PLACED if has_outline else _NO_OUTLINE


class StationRows(QWidget):
    """One row a station: icon, name, metres."""

    chosen = Signal(str)  # the station's code

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)

    def show_stations(self, stations: Sequence[Near], kinds: Mapping[str, Text], none: Text) -> None:
        """Show stations, nearest first; ``none`` says why there is none to show."""
        rows = [self._row(station, kinds) for station in stations]
        refill(self._rows, rows or [text_label(none.in_(self._lang), "faint", self)])

    def forget(self) -> None:
        """Show none: they are still looked for."""
        refill(self._rows, [])

    def _row(self, station: Near, kinds: Mapping[str, Text]) -> QWidget:
        row = QWidget(self)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        said = kinds.get(station.kind)
        icon = theme.STATION_ICONS.get(station.kind, ("map-pin", True))[0]
        button = QPushButton(theme.icon(icon, 15), plain_caption(elided(station.name, _NAME_W)), row)
        button.setObjectName(f"inspector.station.{station.code}")
        button.setProperty("role", "quiet")
        button.setProperty("code", station.code)
        button.setProperty("words", "left")
        button.setMinimumHeight(26)
        kind_words = "" if said is None else said.in_(self._lang)
        set_tip(button, f"{station.name} · {kind_words}" if kind_words else station.name)
        far = f"{metres(station.metres)} {'米' if self._lang == 'zh' else 'm'}"
        button.setAccessibleName(f"{station.name}, {far}")
        button.clicked.connect(self._on_clicked)
        line.addWidget(button, 1)
        label = text_label(far, "far" if station.metres > FAR_M else "", row)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(label)
        return row

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.chosen.emit(str(button.property("code")))
