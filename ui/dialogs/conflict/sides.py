"""Both sides of what waits, field by field: who and when, outlines on the map; nothing is chosen beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.conflict.disagreement import OUTLINE
from app.text import Text
from ui.dialogs.base.listing import rows_view
from ui.dialogs.conflict.model import WORDS, ConflictModel
from ui.models.sketch import Sketch
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from app.domain.conflict.disagreement import Disagreement
    from ui.dialogs.base.sheet import Sheet
    from ui.dialogs.conflict.choices import Choices

_TABLE: Final = Text("不一样的各项", "What differs")
_CARDS: Final = Text("这一项按谁的", "Whose holds here")
_ALL_MINE: Final = Text("都用我方的", "All mine")
_ALL_THEIRS: Final = Text("都用对方的", "All theirs")
_MAP: Final = Text("地图上看", "Show on map")
_SUM: Final = Text("{} = 已定 {} + 没定 {}", "{} = decided {} + undecided {}")
_HINT: Final = Text(
    "↑↓ 换一项　1 原来　2 我方　3 对方　Backspace 收回选择　Enter 地图上看　Ctrl+Enter 写入　Esc 以后再定",
    "↑↓ next   1 before   2 mine   3 theirs   Backspace take back   Enter map   Ctrl+Enter write   Esc later",
)
_CARD: Final = Text("{} {}{}\n{}", "{} {}{}\n{}")
_KEYS: Final = {
    Qt.Key.Key_1: "base",
    Qt.Key.Key_2: "mine",
    Qt.Key.Key_3: "theirs",
    Qt.Key.Key_Backspace: "",
}
_CARD_PX: Final = 190  # of a value on its card; the whole of it is in the tip
_SIDES: Final = ("base", "mine", "theirs")
_WIDTHS: Final = {
    0: 116,
    1: 84,
    5: 116,
}  # the rest shares what is left [px]; the whole stands below and in the tip


class Sides(QWidget):
    """The fields that wait in ``choices``, as a part of ``sheet``: a table, and the values of its current row as cards."""

    def __init__(self, sheet: Sheet, choices: Choices) -> None:
        super().__init__(sheet)
        self.setObjectName(f"{sheet.name}.sides")
        self.context, self._choices = sheet.context, choices
        self.model = ConflictModel(self.context.lang, choices)
        stretch = QHeaderView.ResizeMode.Stretch
        self.table = rows_view(sheet, "conflicts", _TABLE, self.model, sizes=stretch)
        self.table.installEventFilter(self)
        header = self.table.horizontalHeader()
        for column, width in _WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.table.setColumnWidth(column, width)
        header.setSectionResizeMode(len(_WIDTHS) + 3, QHeaderView.ResizeMode.ResizeToContents)
        self.hint = text_label(self.context.say(_HINT), "faint", self)
        self.hint.setWordWrap(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(self.table, 1)
        outer.addLayout(self._made_sums(sheet))
        outer.addWidget(self._made_cards(sheet))
        outer.addWidget(self.hint)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        choices.moved.connect(self.look_again)
        sheet.finished.connect(self.draw_nothing)
        self.look_again()

    def _made_sums(self, sheet: Sheet) -> QHBoxLayout:
        self.sums = text_label("", "second", self)
        self.sums.setObjectName(f"{sheet.name}.sums")
        self.all_mine = sheet.make_button("all_mine", _ALL_MINE, self._choose_all_mine)
        self.all_theirs = sheet.make_button("all_theirs", _ALL_THEIRS, self._choose_all_theirs)
        line = QHBoxLayout()
        line.addWidget(self.sums, 1)
        line.addWidget(self.all_mine)
        line.addWidget(self.all_theirs)
        return line

    def _made_cards(self, sheet: Sheet) -> QWidget:
        """Make the three values of the current row, side by side, each a button that chooses it."""
        box = QWidget(self)
        box.setObjectName(f"{sheet.name}.cards")
        box.setAccessibleName(self.context.say(_CARDS))
        self.current = text_label("", "title", box)
        self.current.setObjectName(f"{sheet.name}.field")
        self.map = sheet.make_button("map", _MAP, self._show_on_map)
        head = QHBoxLayout()
        head.addWidget(self.current, 1)
        head.addWidget(self.map)
        self.cards: dict[str, QPushButton] = {}
        line = QHBoxLayout()
        line.setSpacing(8)
        for side in _SIDES:
            card = sheet.make_button(side, WORDS[side])
            card.setCheckable(True)
            card.setMinimumHeight(56)
            card.clicked.connect(self._on_card)
            line.addWidget(card, 1)
            self.cards[side] = card
        outer = QVBoxLayout(box)
        outer.setContentsMargins(0, 4, 0, 0)
        outer.addLayout(head)
        outer.addLayout(line)
        return box

    # what is shown

    @property
    def _row(self) -> int:
        return self.table.currentIndex().row()

    def _found(self) -> Disagreement | None:
        rows = self._choices.rows()
        return rows[self._row][1] if 0 <= self._row < len(rows) else None

    @Slot()
    def look_again(self) -> None:
        """Show what waits now; the hand stays in its row."""
        row = max(0, self._row)
        self.model.show_choices(self.context.registry)
        count = self.model.rowCount()
        self.table.selectRow(min(row, count - 1))
        left = self._choices.count
        self.sums.setText(self.context.say(_SUM.format(count, count - left, left)))
        for button in (self.all_mine, self.all_theirs):
            permit(button, "", may=left > 0)
        self._on_row()

    def fit(self, most: int) -> None:
        """Let its table be as high as its rows, ``most`` of them; without this it takes the room that there is."""
        rows = min(max(1, self.model.rowCount()), most)
        head = self.table.horizontalHeader().sizeHint().height()
        each = self.table.verticalHeader().defaultSectionSize()
        self.table.setFixedHeight(head + rows * each + 2 * self.table.frameWidth())

    @Slot()
    def _on_row(self, *_rows: QModelIndex) -> None:
        found, row = self._found(), self._row
        permit(self.map, "", may=found is not None)
        for side, card in self.cards.items():
            permit(card, "", may=found is not None and side in found.choices)
            card.setChecked(found is not None and self._choices.chosen(row) == side)
        if found is None:
            self.current.setText("")
            for side, card in self.cards.items():
                card.setText(self.context.say(WORDS[side]))
            self.draw_nothing()
            return
        record, field, *values, who = self.model.line(row)
        code = "" if found.code == record else f" {found.code}"
        self.current.setText(f"{record}{code}　{field}")
        for place, (side, value) in enumerate(zip(_SIDES, values, strict=True), 1):
            whose = f"　{who}" if side == "theirs" and who else ""
            card = self.cards[side]
            shown = card.fontMetrics().elidedText(value, Qt.TextElideMode.ElideMiddle, _CARD_PX)
            said = _CARD.format(place, self.context.say(WORDS[side]), whose, shown)
            card.setText(self.context.say(said))
            card.setAccessibleName(f"{self.context.say(WORDS[side])}{whose} {value}")
            if card.isEnabled():
                set_tip(card, value)
        if self.isVisible():
            self._draw(found)

    def _draw(self, found: Disagreement) -> None:
        """Have the map show what the row is about: the record, and where outlines differ all of them over it."""
        registry = self.context.registry
        if registry is None:
            return
        is_outline = found.kind == OUTLINE  # drawn thrice: chosen, it would look like one of them
        if self.context.record(found.code) is not None:
            self.context.select([] if is_outline else [found.code], "conflict")
        shapes = [
            (side, shape)
            for side in _SIDES
            if is_outline and (shape := getattr(found, side)) is not None and shape.area > 0
        ]
        sketches = [
            Sketch(
                zone=registry.zone,
                shapes=registry.zone.to_metres([shape]),
                names=(self.context.say(WORDS[side]) if side != "base" else "",),
                is_proposed=side != "mine",
                tone=side,
            )
            for side, shape in shapes
        ]
        self.context.sketch_asked.emit(sketches or None)

    @Slot()
    def draw_nothing(self) -> None:
        """Take the outlines off the map."""
        self.context.sketch_asked.emit(None)

    @Slot()
    def _show_on_map(self) -> None:
        found = self._found()
        if found is not None:
            self._draw(found)
            self.context.zoom_to([code for code in found.codes if self.context.record(code) is not None])

    # what is chosen

    @Slot()
    def _on_card(self) -> None:
        side = next((side for side, card in self.cards.items() if card is self.sender()), "")
        self._choose(side)

    def _choose(self, choice: str) -> None:
        if self._found() is None:
            return
        row, before = self._row, self._choices.chosen(self._row)
        self._choices.choose([row], "" if choice == before else choice)

    def _undecided(self) -> list[int]:
        return [row for row in range(self.model.rowCount()) if not self._choices.chosen(row)]

    def _choose_all_mine(self) -> None:
        self._choices.choose(self._undecided(), "mine")

    def _choose_all_theirs(self) -> None:
        self._choices.choose(self._undecided(), "theirs")

    # Qt

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_row()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.table and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                if key in _KEYS:
                    self._choose(_KEYS[key])
                    return True
                if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                    self._show_on_map()
                    return True
        return super().eventFilter(watched, event)
