"""How a window begins: dressed, and never larger than the screen, at whatever scale, nor out of it."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QIcon

from ui import theme
from ui.bridge.composition import Composition
from ui.bridge.qt_words import speak

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

FIRST: Final = QSize(1366, 698)
LEAST: Final = QSize(900, 470)  # at 150 % of 1366 x 768 there are 910 x 512, the title bar included
_TITLE_BAR: Final = 30
_FRAME: Final = QSize(4, _TITLE_BAR + 4)  # what a window manager draws around a window, at most
_ICON_SIDES: Final = (16, 32, 48, 128, 256)
_NO_SCREEN: Final = 800  # the offscreen platform's screen, square, where none is configured


def dress(application: QApplication, theme_name: str, lang: str) -> None:
    """Give the application its theme, its icon, Qt's words and what keeps a composition."""
    theme.apply(application, theme_name)
    speak(application, lang)
    if application.windowIcon().isNull():
        icon = QIcon()
        for side in _ICON_SIDES:
            icon.addFile(str(files("resources") / "icon" / f"compound-registry-{side}.png"))
        application.setWindowIcon(icon)
        QGuiApplication.setDesktopFileName("compound-registry")
    if application.findChild(Composition) is None:
        Composition(application)


def place_window(window: QWidget, kept: QByteArray | None) -> None:
    """Give a window that is not shown yet the size and place kept from before, as far as the screen has room."""
    window.setMinimumSize(LEAST)
    window.resize(FIRST)
    if not _has_screen():
        return
    if kept is not None:
        window.restoreGeometry(kept)
    screen = window.screen() or QGuiApplication.primaryScreen()
    room = screen.availableGeometry()
    window.setMinimumSize(LEAST.boundedTo(room.size() - _FRAME))
    if not window.isMaximized() and not window.isFullScreen():
        fit_into(window, room, is_placed=kept is not None)


def fit_into(window: QWidget, room: QRect, *, is_placed: bool) -> None:
    """Make a window fit ``room`` [logical pixels], its title bar included; move it only where it must be."""
    size = window.size()
    if size.width() > room.width():
        size.setWidth(room.width() - _FRAME.width())
    if size.height() + _TITLE_BAR > room.height():
        size.setHeight(room.height() - _FRAME.height())
    if size != window.size():
        window.resize(size)
    if is_placed:
        at = window.geometry().topLeft()
        left = max(room.left(), min(at.x(), room.right() + 1 - size.width()))
        top = max(room.top() + _TITLE_BAR, min(at.y(), room.bottom() + 1 - size.height()))
        if at != QPoint(left, top):
            window.setGeometry(QRect(QPoint(left, top), size))


def _has_screen() -> bool:
    """Whether there is a screen to fit: the offscreen platform has one only where it is configured."""
    screen = QGuiApplication.primaryScreen()
    if screen is None:
        return False
    size, ratio = screen.geometry().size(), screen.devicePixelRatio()
    is_default = round(size.width() * ratio) == round(size.height() * ratio) == _NO_SCREEN
    return QGuiApplication.platformName() != "offscreen" or not is_default
