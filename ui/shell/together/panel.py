"""What floats above the status bar: who has the registry open, and what others changed since one last looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui import theme, words
from ui.models.change_words import when_words
from ui.shell.together.desks import desk_words, my_units
from ui.shell.together.news_tree import NewsTree
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.over_map import cover_map
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from app.services.keeping.others import Edited
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("别人的改动", "Changes of others")
_SINCE_LOOKED: Final = Text("{} 以后别人改的", "Changed by others since {}")
_SINCE: Final = Text("打开以后别人改的", "Changed by others since it was opened")
_NONE: Final = Text("别人没有新的改动", "Nothing new from others")
_NONE_SO: Final = Text("没有这样的改动", "No such change")
_MORE: Final = Text("更早的还有 {} 处，看“记录”", "{} older ones are in the journal")
_PERSON: Final = Text("谁改的", "Changed by")
_WHERE: Final = Text("哪里的", "Where")
_EVERYBODY: Final = Text("所有人", "Everybody")
_EVERYWHERE: Final = Text("全部地方", "Everywhere")
_MINE: Final = Text("归我的：{}", "Mine: {}")
_PLACE: Final = Text("正在看的：{}", "In view: {}")
_DESKS: Final = Text("谁开着这本台账", "Who has this registry open")
_SHOW: Final = Text("在地图上看", "Show on map")
_SEEN: Final = Text("看过了", "I have looked")
_SEEN_TIP: Final = Text("下次只列这以后的改动", "Next time only what is done from now on is listed")
_WIDE, _HIGH, _GAP = 620, 340, 8
_ANY: Final = "*"


class TogetherPanel(QFrame):
    """Blocks nothing, and takes the hand only when it is opened. Esc closes it and gives the hand back."""

    def __init__(self, context: WindowContext, over: QWidget, beside: Callable[[], int]) -> None:
        """Float at the bottom of a widget; ``beside`` returns where its right edge may reach [px]."""
        super().__init__(over)
        self._context, self._over, self._beside = context, over, beside
        self._back: QWidget | None = None
        self.setObjectName("together.panel")
        self.setProperty("room", "palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = text_label("", "title", self)
        self.shut = QToolButton(self)
        self.shut.setObjectName("together.close")
        self.shut.setProperty("role", "quiet")
        self.shut.setIcon(theme.icon("x", 14))
        self.desks = text_label("", "", self)
        self.desks.setObjectName("together.desks")
        self.desks.setWordWrap(True)
        self.since = text_label("", "second", self)
        self.since.setObjectName("together.since")
        self.where, self.person = self._box("where"), self._box("person")
        self.tree = NewsTree(self)
        self.more = text_label("", "second", self)
        self.show_button, self.seen = self._button("show"), self._button("seen")
        self._lay_out()
        self.shut.clicked.connect(self.leave)
        self.where.currentIndexChanged.connect(self._on_narrowed)
        self.person.currentIndexChanged.connect(self._on_narrowed)
        self.tree.chosen.connect(self._on_chosen)
        self.tree.opened.connect(self._on_opened)
        self.show_button.clicked.connect(self._on_show)
        self.seen.clicked.connect(context.others.look)
        context.others.desks_changed.connect(self._show_desks)
        context.others.news_changed.connect(self._show_news)
        context.place_changed.connect(self._show_news)
        context.registry_opened.connect(self.hide)
        over.installEventFilter(self)
        cover_map(self)
        self.speak()
        self.hide()

    def _box(self, name: str) -> ChoiceBox:
        box = ChoiceBox(self)
        box.setObjectName(f"together.{name}")
        box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(f"together.{name}")
        return button

    def _lay_out(self) -> None:
        head, narrow, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.shut)
        narrow.addWidget(self.since, 1)
        narrow.addWidget(self.where)
        narrow.addWidget(self.person)
        foot.addWidget(self.more, 1)
        foot.addWidget(self.show_button)
        foot.addWidget(self.seen)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 12, 10)
        box.setSpacing(6)
        for part in (head, self.desks, narrow, self.tree, foot):
            if isinstance(part, QWidget):
                box.addWidget(part, 1 if part is self.tree else 0)
            else:
                box.addLayout(part)

    def speak(self) -> None:
        """Take the words of the window's language."""
        say = self._context.say
        self.setAccessibleName(say(_TITLE))
        self.title.setText(say(_TITLE))
        self.shut.setAccessibleName(say(words.CLOSE))
        set_tip(self.shut, say(words.CLOSE))
        self.where.setAccessibleName(say(_WHERE))
        self.person.setAccessibleName(say(_PERSON))
        for button, said in ((self.show_button, _SHOW), (self.seen, _SEEN)):
            button.setText(say(said))
            button.setAccessibleName(say(said))
        set_tip(self.seen, say(_SEEN_TIP))
        self.tree.speak(self._context.lang)
        self._show_desks()
        self._show_news()

    # open and closed

    @Slot()
    def turn(self) -> None:
        """Open it, with the hand in its list; or close it where the hand is in it already."""
        if self.isVisible() and self._has_hand():
            self.leave()
            return
        if not self.isVisible():
            self._back = self._over.focusWidget()
            self._place()
            self.show()
            self._show_news()
        self.raise_()
        self.tree.stand_somewhere()
        (self.tree if self.tree.topLevelItemCount() else self.shut).setFocus(
            Qt.FocusReason.ShortcutFocusReason
        )

    @Slot()
    def leave(self) -> None:
        """Hide it, and give the hand back where it had it."""
        had = self._has_hand()
        self.hide()
        if had and self._back is not None:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._back = None

    def _has_hand(self) -> bool:
        return self.isAncestorOf(self._over.focusWidget() or self._over)

    def _place(self) -> None:
        right, bottom = self._beside(), self._over.height() - _GAP - 26
        wide, high = min(_WIDE, right - 2 * _GAP), min(_HIGH, bottom - 60)
        self.setGeometry(right - _GAP - wide, bottom - high, wide, high)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner when the window is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    # what it tells

    @Slot()
    def _show_desks(self) -> None:
        context = self._context
        registry, desks = context.registry, context.others.desks
        said = "" if registry is None else "\n".join(desk_words(desks, registry.dataset, context.lang))
        self.desks.setText(said)
        self.desks.setAccessibleName(f"{context.say(_DESKS)}\n{said}")
        self.desks.setVisible(bool(said))
        self._show_news()

    @Slot()
    def _show_news(self) -> None:
        if not self.isVisible():
            return
        context, had = self._context, self._has_hand()
        news, mark = context.others.news, context.others.mark
        edits = () if news is None else news.edits
        self._fill(self.person, _EVERYBODY, [] if news is None else [(name, [name]) for name in news.people])
        self._fill(self.where, _EVERYWHERE, self._places())
        shown = [edit for edit in edits if self._is_asked(edit)]
        missing = self.tree.show_edits(shown, context.lang)
        is_dated = mark is not None and bool(mark.at)
        said = context.say(_SINCE)
        if is_dated and mark is not None:
            said = context.say(_SINCE_LOOKED).format(when_words(mark.at, context.lang))
        if not shown:
            said = context.say(_NONE_SO if edits else _NONE)
        self.since.setText(said)
        self.more.setText(context.say(_MORE.format(f"{missing:,}")) if missing else "")
        self.show_button.setEnabled(bool(shown))
        self.seen.setEnabled(bool(edits))
        if had and not self._has_hand():  # what had it can't be used any more
            self.shut.setFocus(Qt.FocusReason.OtherFocusReason)

    def _places(self) -> list[tuple[str, list[str]]]:
        """Return what one may narrow the list to: one's own units, and the one that is worked in."""
        context, found = self._context, []
        if context.registry is None:
            return []
        mine = my_units(context.others.desks, context.registry.dataset)
        if mine:
            found.append((context.say(_MINE).format("、".join(mine.values())), list(mine)))
        place = context.record(context.place) if context.place else None
        if place is not None:
            found.append((context.say(_PLACE).format(place.text("name")), [place.code]))
        return found

    def _fill(self, box: ChoiceBox, everything: Text, offers: list[tuple[str, list[str]]]) -> None:
        wanted = [(self._context.say(everything), _ANY), *((name, "\n".join(data)) for name, data in offers)]
        if wanted == [(box.itemText(n), str(box.itemData(n))) for n in range(box.count())]:
            return
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        for name, data in wanted:
            box.addItem(name, data)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.blockSignals(False)
        box.setVisible(len(wanted) > 1)

    def _is_asked(self, edit: Edited) -> bool:
        where, person = (str(box.currentData() or _ANY) for box in (self.where, self.person))
        is_here = where == _ANY or edit.is_many or not edit.units.isdisjoint(where.split("\n"))
        return is_here and person in (_ANY, edit.by)

    @Slot(int)
    def _on_narrowed(self, _place: int) -> None:
        self._show_news()

    # going there

    @Slot(object)
    def _on_chosen(self, edit: Edited) -> None:
        if not edit.is_many and self._context.record(edit.code) is not None:
            self._context.select([edit.code], "together")

    @Slot(object)
    def _on_opened(self, edit: Edited) -> None:
        context = self._context
        if edit.is_many:
            codes = [c for c in edit.codes if (r := context.record(c)) is not None and r.kind == "compounds"]
            if codes:
                context.show_compounds(codes, edit.name)
        elif context.record(edit.code) is not None:
            context.select([edit.code], "together")
            context.zoom_to([edit.code])

    @Slot()
    def _on_show(self) -> None:
        edit = self.tree.current_edit()
        if edit is not None:
            self._on_opened(edit)
