"""Colours, type and icons of the window: the tokens of the design, light and dark.

Qt's own colour schemes do nothing offscreen, so palette and style sheet are ours.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QGraphicsDropShadowEffect, QStyleFactory, QWidget
from typing_extensions import override

from app.domain.looks import palette as colours

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """One theme, as ``resources/palette.json`` has it; ``…_ground`` is the colour under text of that meaning."""

    name: str
    win: str
    panel: str
    sunk: str
    paper: str
    hover: str
    line: str
    ctl: str
    t1: str
    t2: str
    t3: str
    accent: str
    accent_ground: str
    on_accent: str
    yes: str
    yes_ground: str
    no: str
    no_ground: str
    unknown: str
    unknown_ground: str
    warning: str
    warning_ground: str
    error: str
    error_ground: str
    covered_fill: str
    uncovered_fill: str
    casing: str
    ink: str
    street_line: str
    snap: str
    no_data: str
    toast: str
    toast_text: str
    toast_link: str
    shadow: str
    seq: tuple[str, ...]
    wash: tuple[str, ...]
    gap: tuple[str, ...]
    water: str
    green: str
    road: str


LIGHT: Final = Tokens(name="light", **colours.theme("light"))
DARK: Final = Tokens(name="dark", **colours.theme("dark"))
KIND_COLOURS: Final = colours.compound_kinds()
STATION_ICONS: Final = {  # icon, and whether its badge is round (a place of rest) or square (an office)
    "grid_post": ("house-simple", True),
    "neighbourhood_centre": ("storefront", True),
    "property_office": ("buildings", True),
    "service_position": ("flag", False),
    "property_centre": ("wrench", False),
    "mediation_room": ("handshake", False),
}
SYSTEM_FACES: Final = ("Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC")

_THEMES: Final = {"light": LIGHT, "dark": DARK}
_in_use: dict[str, Tokens] = {"tokens": LIGHT}
_DRESSED: Final = "dressed"  # property of windows, and of pop-ups that no window owns


def current() -> Tokens:
    """Return the tokens in use; painted widgets ask at each paint."""
    return _in_use["tokens"]


def apply(app: QApplication, name: str) -> Tokens:
    """Dress everything in a theme, "light" or "dark"; nothing is made anew for it.

    The style sheet lies on each window, not on the application: Qt takes ten times as long to polish the same
    widgets there. What paints itself asks ``current()`` at each paint, icons too; what must keep a colour
    takes it anew on ``QEvent.Type.StyleChange``.
    """
    tokens = _THEMES[name]
    _in_use["tokens"] = tokens
    if app.style().name().lower() != "fusion":
        app.setStyle(QStyleFactory.create("Fusion"))
    if app.font() != font():
        app.setFont(font())
    app.setPalette(palette(tokens))
    sheet = stylesheet(tokens)
    for window in app.topLevelWidgets():
        if window.property(_DRESSED) and window.styleSheet() != sheet:  # the same would polish all again
            window.setStyleSheet(sheet)
    return tokens


def dress(window: QWidget) -> None:
    """Put the style sheet on a window, now and whenever the theme changes; its children have it from there."""
    window.setProperty(_DRESSED, True)
    window.setStyleSheet(stylesheet(current()))


@contextmanager
def undressed(window: QWidget) -> Iterator[None]:
    """Take the style sheet off a window while many widgets are made in it.

    With one in force, every widget put into a layout is polished again with all it holds: half the time it
    takes to build the window. Put on at the end, it is polished once.
    """
    window.setStyleSheet("")
    try:
        yield
    finally:
        dress(window)


def palette(t: Tokens) -> QPalette:
    """Return the palette, for what no style sheet reaches."""
    role = QPalette.ColorRole
    made = QPalette()
    for which, colour in (
        (role.Window, t.win),
        (role.Base, t.panel),
        (role.AlternateBase, t.sunk),
        (role.Button, t.panel),
        (role.WindowText, t.t1),
        (role.Text, t.t1),
        (role.ButtonText, t.t1),
        (role.ToolTipBase, t.panel),
        (role.ToolTipText, t.t1),
        (role.PlaceholderText, t.t3),
        (role.Highlight, t.accent_ground),
        (role.HighlightedText, t.t1),
        (role.Link, t.accent),
        (role.LinkVisited, t.accent),
        (role.Light, t.panel),
        (role.Midlight, t.line),
        (role.Mid, t.ctl),
        (role.Dark, t.ctl),
        (role.Shadow, t.shadow),
        (role.Accent, t.accent),
    ):
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(t.ctl))
    return made


@cache
def _faces() -> tuple[str, ...]:
    known = set(QFontDatabase.families())
    found: list[str] = [face for face in SYSTEM_FACES if face in known]
    if not found:
        folder = resources.files("resources") / "fonts"
        for item in sorted(folder.iterdir(), key=lambda i: i.name) if folder.is_dir() else ():
            if item.name.endswith((".otf", ".ttf")):
                number = QFontDatabase.addApplicationFontFromData(item.read_bytes())
                found += QFontDatabase.applicationFontFamilies(number)
    return tuple(found) or ("Sans Serif",)


def font(pixels: int = 13, *, bold: bool = False) -> QFont:
    """Return the window's face: system face first, tabular figures."""
    made = QFont()
    made.setFamilies(list(_faces()))
    made.setPixelSize(pixels)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


@cache
def _glyphs() -> tuple[str, dict[str, str]]:
    """Load Phosphor from the icon package's files: its own loader would read nine fonts more."""
    spec = find_spec("qtawesome")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("qtawesome")
    folder = Path(spec.submodule_search_locations[0]) / "fonts"
    file = max(folder.glob("phosphor-[0-9]*.ttf"))
    marks = max(folder.glob("phosphor-charmap-*.json"))
    number = QFontDatabase.addApplicationFontFromData(file.read_bytes())
    names: dict[str, str] = json.loads(marks.read_text(encoding="utf-8"))
    return QFontDatabase.applicationFontFamilies(number)[0], names


def draw_icon(painter: QPainter, name: str, rect: QRectF, colour: str) -> None:
    """Paint a Phosphor icon into a square; ``check-bold`` and the like are its heavier forms."""
    family, names = _glyphs()
    painter.save()
    face = QFont(family)
    face.setPixelSize(max(1, round(rect.height())))
    painter.setFont(face)
    painter.setPen(QColor(colour))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, chr(int(names[name], 16)))
    painter.restore()


@cache
def pixmap(name: str, size: int, colour: str, ratio: float = 1.0) -> QPixmap:
    """Return an icon as pixels, for a screen of that ratio."""
    made = QPixmap(round(size * ratio), round(size * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_icon(painter, name, QRectF(QPointF(0, 0), made.deviceIndependentSize()), colour)
    painter.end()
    return made


class _Engine(QIconEngine):
    """Paints a glyph when it is asked for, at whatever size: a window has more icons than it ever shows."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name, self._token = name, token

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._token)

    def _colour(self, mode: QIcon.Mode) -> str:
        found: str = getattr(current(), "ctl" if mode == QIcon.Mode.Disabled else self._token)
        return found

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        draw_icon(painter, self._name, QRectF(rect), self._colour(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State) -> QPixmap:
        return pixmap(self._name, min(size.width(), size.height()), self._colour(mode))


@cache
def _icon(name: str, token: str) -> QIcon:
    return QIcon(_Engine(name, token))


def icon(name: str, _size: int = 16, tone: str = "t2") -> QIcon:
    """Return a Phosphor icon (names without ``ph.``) in the colour that a token has when it is painted."""
    return _icon(name, tone)


class Shadow(QGraphicsDropShadowEffect):
    """The shadow below what floats over the map, in the colour of the theme in use."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.setBlurRadius(14)
        self.setOffset(0, 2)
        self.setColor(_shadow())

    @override
    def draw(self, painter: QPainter) -> None:
        if self.color() != _shadow():
            self.setColor(_shadow())
        super().draw(painter)


def _shadow() -> QColor:
    colour = QColor(current().shadow)
    colour.setAlpha(70)
    return colour


@cache
def stylesheet(t: Tokens) -> str:
    """Return the style sheet of a theme."""
    styles = resources.files("resources") / "styles"
    text = (styles / "window.qss").read_text(encoding="utf-8")
    text = text[text.index("*/") + 2 :]
    for mark, picture in (("@arrow", "caret"), ("@closed", "closed"), ("@check", "check")):
        text = text.replace(mark, str(styles / f"{picture}-{t.name}.png").replace("\\", "/"))
    return re.sub(r"@(\w+)", lambda found: str(getattr(t, found[1])), text)
