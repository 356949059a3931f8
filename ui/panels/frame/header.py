"""The header: menus as words, four modes, search, the as-of day, undo and redo, import and export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenu,
    QMenuBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.text import Text
from ui import theme
from ui.actions import ACTIONS, BY_ID, MENUS, SUBMENUS, tip_of
from ui.panels.frame.search import SearchBox
from ui.widgets.calendar import Calendar, Floating
from ui.widgets.day_field import DayField
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from PySide6.QtGui import QAction, QKeyEvent, QResizeEvent

    from ui.bridge.context import WindowContext
    from ui.models.search_service import SearchService

MODES: Final = ("mode.entry", "mode.review", "mode.check", "mode.publish")
_AS_OF: Final = Text("截至 {}", "As of {}")
_AS_OF_TODAY: Final = Text("截至 {}（今天）", "As of {} (today)")
_TODAY: Final = Text("截至今天", "As of today")
_WHICH: Final = Text("截至哪一天", "As of which day")
_BACK: Final = Text("回到今天", "Back to today")


class DayPopup(Floating):
    """Type the day, or choose it in the calendar below; part of the window, so that an input method reaches it."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__("header.day_popup", parent)
        self._context = context
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.pressed_outside.connect(self._on_pressed_outside)
        self._home, self._focus_before = parent, QApplication.focusWidget()
        words = context.say(_WHICH)
        self.calendar = Calendar("header", context.lang, self, today_words=_BACK)
        self.calendar.name_for_ears(words)
        self.day = DayField(context.lang, self, doubt=context.doubt, calendar=self.calendar)
        self.day.setObjectName("header.day")
        self.day.setAccessibleName(words)
        self.error = text_label("", "error", self)
        self.error.setObjectName("header.day.error")
        self.error.setWordWrap(True)
        self.error.hide()
        self.day.tell_in(self.error)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.setSpacing(6)
        for part in (self.day, self.error, self.calendar):
            box.addWidget(part)
        self.day.day_chosen.connect(self._on_day)
        self.day.refused.connect(self._on_refused)
        parent.destroyed.connect(self.deleteLater)

    def open_beside(self, field: QWidget) -> None:
        """Show it below the button, the hand on the day."""
        self._focus_before = QApplication.focusWidget()
        self.day.set_day(self._context.as_of)
        super().open_beside(field)
        self.day.setFocus(Qt.FocusReason.ShortcutFocusReason)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)

    def close_up(self) -> None:
        """Go back to the header, the hand to where it was."""
        if self.isHidden():
            return
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.disconnect(self._on_focus)
        has_hand = self.day.hasFocus()
        self.hide()
        self.setParent(self._home)
        before, self._focus_before = self._focus_before, None
        if has_hand and before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _on_day(self, day: date) -> None:
        self._context.set_as_of(day)
        if self.isVisible():
            self.close_up()

    @Slot(str)
    def _on_refused(self, _sentence: str) -> None:
        """Make room for the sentence below the day."""
        if self.isVisible() and self._field is not None:
            super().open_beside(self._field)

    @Slot()
    def _on_pressed_outside(self) -> None:
        if not self.day.hasFocus():
            self.close_up()
        else:
            self.setFocus(Qt.FocusReason.MouseFocusReason)  # what was typed is read first
            if self.isVisible() and not self.error.text():
                self.close_up()

    @Slot(QWidget, QWidget)
    def _on_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Close when the hand goes elsewhere in the window; a text that is no day stays in sight."""
        is_inside = now is not None and (now is self or self.isAncestorOf(now))
        if self.isVisible() and now is not None and not is_inside and not self.error.text():
            self.close_up()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close_up()
        event.accept()


class Header(QWidget):
    """44 high (40 on low screens). Buttons are faces of the actions."""

    def __init__(
        self,
        context: WindowContext,
        service: SearchService,
        actions: Mapping[str, QAction],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._context, self._actions = context, actions
        self._faces: list[tuple[QToolButton, QAction]] = []
        self._room = {"is_wide": True, "is_narrow": False, "is_low": False}
        self.setObjectName("header")
        self.setProperty("room", "header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.menus = QMenuBar(self)
        self.menus.setObjectName("header.menus")
        self.menus.setNativeMenuBar(False)
        self.menus.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)
        by_name: dict[str, QMenu] = {}
        for name, title in MENUS.items():
            above = by_name[SUBMENUS[name]] if name in SUBMENUS else self.menus
            menu = above.addMenu(context.say(title))
            menu.setObjectName(f"menu.{name}")
            menu.menuAction().setObjectName(f"menu.{name}.title")
            by_name[name] = menu
        for spec in ACTIONS:
            menu = by_name[spec.menu]
            if spec.starts_section:
                menu.addSeparator().setObjectName(f"menu.{spec.menu}.line")
            menu.addAction(actions[spec.id])
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 10, 0)
        row.setSpacing(4)
        self.back = self._face("province.back", "quiet")
        self.back.setObjectName("header.province_back")
        self.back.hide()
        row.addWidget(self.back)
        row.addWidget(self.menus)
        row.addWidget(_line(self))
        self.modes = [self._face(name, "mode", with_words=True) for name in MODES]
        for button in self.modes:
            row.addWidget(button)
        row.addStretch(1)
        self.search = SearchBox(context, service, self)
        self.search.setMaximumWidth(420)
        self.search.setMinimumWidth(120)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row.addWidget(self.search, 6)
        row.addStretch(1)
        self.day = QToolButton(self)
        self.day.setObjectName("header.as_of")
        self.day.setIcon(theme.icon("calendar-blank", 15))
        self.day.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.day.clicked.connect(self.open_day)
        self._popup = DayPopup(context, self)
        row.addWidget(self.day)
        row.addSpacing(4)
        for name in ("edit.undo", "edit.redo"):
            row.addWidget(self._face(name, "quiet"))
        row.addWidget(_line(self))
        self._wide = [
            self._face(name, "", with_words=True) for name in ("registry.import", "registry.export")
        ]
        for button in self._wide:
            row.addWidget(button)
        self._is_wide = True
        self._mode_styles: tuple[Qt.ToolButtonStyle, ...] = (Qt.ToolButtonStyle.ToolButtonTextBesideIcon,)
        context.as_of_changed.connect(self.show_day)
        for name in ("view.as_of", "province.back"):
            actions[name].changed.connect(self._on_actions)
        self._on_actions()
        self.speak()

    @Slot()
    def _on_actions(self) -> None:
        """Look at a day only where there is something to see of it; go back only to a province."""
        self.day.setEnabled(self._actions["view.as_of"].isEnabled())
        self.back.setVisible(self._actions["province.back"].isEnabled())

    def speak(self) -> None:
        """Take the words of the window's language."""
        context = self._context
        for menu in self.menus.findChildren(
            QMenu
        ):  # found anew: Qt made them, and our hold on them may be lost
            name = menu.objectName().removeprefix("menu.")
            if name in MENUS:
                menu.setTitle(context.say(MENUS[name]))
                menu.setAccessibleName(context.say(MENUS[name]))
        for button, action in self._faces:
            button.setAccessibleName(action.text().rstrip("…"))
        self.search.speak()
        self._popup.close_up()
        self._popup.setParent(None)
        self._popup.deleteLater()
        self._popup = DayPopup(context, self)
        self.set_room(**self._room)

    def _face(self, name: str, role: str, *, with_words: bool = False) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(self._actions[name])
        button.setObjectName(f"header.{name.partition('.')[2]}")
        if role:
            button.setProperty("role", role)
        button.setIconSize(QSize(16, 16))
        button.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if with_words
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        self._faces.append((button, self._actions[name]))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def set_room(self, *, is_wide: bool, is_narrow: bool, is_low: bool) -> None:
        """Fit the width and height at hand."""
        self._room = {"is_wide": is_wide, "is_narrow": is_narrow, "is_low": is_low}
        self.setFixedHeight(40 if is_low else 44)
        self._is_wide = is_wide
        self.menus.setMinimumWidth(self.menus.sizeHint().width() + 4)
        words_only, both = Qt.ToolButtonStyle.ToolButtonTextOnly, Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        icons_only = Qt.ToolButtonStyle.ToolButtonIconOnly
        self._mode_styles = (words_only, icons_only) if is_narrow else (both, words_only, icons_only)
        for button in self._wide:
            button.setToolButtonStyle(
                Qt.ToolButtonStyle.ToolButtonTextBesideIcon
                if is_wide
                else Qt.ToolButtonStyle.ToolButtonIconOnly
            )
            button.setProperty("role", "" if is_wide else "quiet")
            button.style().unpolish(button)
            button.style().polish(button)
        self.show_day()
        self._fit_modes()

    def _fit_modes(self) -> None:
        """Name the modes by icon and word, by word, or by icon, so that nothing lies over anything."""
        layout = self.layout()
        for style in self._mode_styles:
            for mode in self.modes:
                mode.setToolButtonStyle(style)
            if layout is None:
                return
            layout.invalidate()
            if layout.minimumSize().width() <= self.width():
                return

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the menus and the modes their room."""
        super().resizeEvent(event)
        self._fit_modes()

    @Slot()
    def show_day(self) -> None:
        """Print the as-of day."""
        context = self._context
        if not context.is_today:
            words = context.say(_AS_OF).format(context.as_of.isoformat())
        else:
            words = (
                context.say(_AS_OF_TODAY).format(context.as_of.isoformat())
                if self._is_wide
                else context.say(_TODAY)
            )
        self.day.setText(words)
        self.day.setAccessibleName(words)
        set_tip(self.day, tip_of(BY_ID["view.as_of"], context.lang))

    @Slot()
    def open_day(self) -> None:
        """Open the calendar."""
        if self._popup.isVisible():
            self._popup.close_up()
        else:
            self._popup.open_beside(self.day)


def _line(parent: QWidget) -> QWidget:
    line = QFrame(parent)
    line.setFixedSize(1, 18)
    line.setProperty("room", "edge")
    return line
