"""The assessment sheet: one row an item, a running total with its range and stars; one change when committed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from typing_extensions import override

from app.domain.rating import assessments_of, rate
from app.domain.vocabulary import TOTAL
from app.errors import RegistryError
from app.services.edit.assess import assess, read_score
from app.text import Text
from ui.dialogs.base.sheet import Sheet
from ui.models.named import display_name, own_kind, score_words, stars_words
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.domain.profile.declared import Scheme, SchemeItem
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("评分", "Assess")
_COMMIT: Final = Text("存这次评分", "Keep this assessment")
_HINT: Final = Text(
    "没评就空着；Enter 到下一项，Ctrl Enter 存", "empty = not assessed; Enter: next, Ctrl Enter: keep"
)
_MAXIMUM: Final = Text("满分 {:g}", "of {:g}")
_NOTHING: Final = Text("一项也没有评。至少给一项打分。", "No item is scored. Score at least one.")
_SAID: Final = Text("已评分：{} {}", "Assessed: {} {}")
_OPEN: Final = Text(
    "{} 项的原文来源里没有，待本市填写",
    "the words of {: item is|items are} not in the source, to be filled by the city",
)


class _Row(QObject):
    """An item: its words, its box, its maximum, and what is wrong with what was typed."""

    def __init__(self, item: SchemeItem, sheet: AssessDialog) -> None:
        super().__init__(sheet)
        lang = sheet.context.lang
        self.item = item
        self.label = text_label(item.words.in_(lang), "", sheet)
        self.label.setWordWrap(True)
        self.box = QLineEdit(sheet)
        self.box.setObjectName(f"assess.item.{item.id}")
        self.box.setFixedWidth(72)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        maximum = _MAXIMUM.in_(lang).format(item.maximum)
        self.box.setAccessibleName(f"{item.words.in_(lang)}，{maximum}")
        self.maximum = text_label(maximum, "faint", sheet)
        self.error = text_label("", "error", sheet)
        self.error.setObjectName(f"assess.item.{item.id}.error")
        self.error.setWordWrap(True)
        self.error.hide()

    def score(self) -> float | None:
        """Return the score typed, None where empty; raise InvalidInput where it is none."""
        return read_score(self.item, self.box.text())

    def show_error(self, sentence: str) -> None:
        """Write what is wrong under the box; "" takes it away."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        self.box.setProperty("state", "error" if sentence else "")
        self.box.style().unpolish(self.box)
        self.box.style().polish(self.box)


class AssessDialog(Sheet):
    """One subject, one scheme, one day. What was scored on that very day is shown, to be corrected."""

    def __init__(
        self, context: WindowContext, subject: str, scheme_id: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(context, "assess", _TITLE, _COMMIT, parent, width=620, at_right=True)
        self._subject = subject
        self._scheme: Scheme | None = None
        self.rows: dict[str, _Row] = {}
        self._filled: dict[str, str] = {}  # what that day's assessment says, as put into the boxes
        registry, record, lang = context.registry, context.record(subject), context.lang
        if record is not None:
            self.title.setText(f"{_TITLE.in_(lang)} {display_name(record, lang)}")
        self.choice = ChoiceBox(self)
        if registry is not None and record is not None:
            for scheme in registry.profile.schemes_for(record.kind, own_kind(record)):
                self.choice.addItem(f"{scheme.words.in_(lang)} v{scheme.version}", scheme.id)
        self.choice.setCurrentIndex(max(0, self.choice.findData(scheme_id)))
        self.day = DayField(lang, self, day=context.as_of)
        self.why = QLineEdit(self)
        self.add_field("scheme", Text("办法", "Scheme"), self.choice)
        self.add_field("on", Text("日期", "Day"), self.day)
        self.add_field("why", Text("依据", "Grounds"), self.why)
        self.body.addLayout(self.form)
        self.note = text_label("", "second", self)
        self.note.setWordWrap(True)
        self.body.addWidget(self.note)
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("assess.scroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._scroll, 1)
        self.total = text_label("", "card", self)
        self.total.setObjectName("assess.total")
        self.total.setAccessibleName(TOTAL.heading().in_(lang))
        self.total.setWordWrap(True)
        self.body.addWidget(self.total)
        self.choice.currentIndexChanged.connect(self._on_scheme)
        self.day.textChanged.connect(self._on_day)
        self._on_scheme()

    @override
    def first_box(self) -> QWidget | None:
        return next((row.box for row in self.rows.values()), super().first_box())

    # rows

    @Slot()
    def _on_scheme(self, _place: int = 0) -> None:
        registry = self.context.registry
        scheme_id = self.choice.currentData()
        self._scheme = None if registry is None or not scheme_id else registry.profile.scheme(scheme_id)
        for row in self.rows.values():
            row.deleteLater()
        self.rows = {}
        self._make_page()
        scheme = self._scheme
        if scheme is not None:
            self._make_rows(scheme)
            said = [_HINT.in_(self.context.lang)]
            if scheme.open_items:
                said.append(_OPEN.format(scheme.open_items).in_(self.context.lang))
            self.note.setText(" · ".join(said))
        self._on_day()

    def _make_page(self) -> None:
        """Have an empty page for the items; the old one goes at once, so that no robot finds its boxes."""
        old = self._scroll.takeWidget()
        if old is not None:
            old.setParent(None)
            old.deleteLater()
        self._items = QWidget(self._scroll)
        self._items.setProperty("room", "panel")
        self._grid = QGridLayout(self._items)
        self._grid.setContentsMargins(0, 0, 8, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self._scroll.setWidget(self._items)

    def _make_rows(self, scheme: Scheme) -> None:
        lang = self.context.lang
        place = 0
        groups = [*scheme.groups, None]
        for group in groups:
            items = [
                item
                for item in scheme.items
                if (item.group == group.id if group is not None else item.group not in _ids(scheme))
            ]
            if group is not None and items:
                head = text_label(group.words.in_(lang), "strong", self._items)
                self._grid.addWidget(head, place, 0, 1, 3)
                place += 1
            for item in items:
                row = _Row(item, self)
                self._grid.addWidget(row.label, place, 0)
                self._grid.addWidget(row.box, place, 1)
                self._grid.addWidget(row.maximum, place, 2)
                self._grid.addWidget(row.error, place + 1, 0, 1, 3)
                row.box.textChanged.connect(self._on_score)
                row.box.installEventFilter(self)
                self.rows[item.id] = row
                place += 2
        self._grid.setRowStretch(place, 1)
        before: QWidget = self.why
        for row in self.rows.values():
            QWidget.setTabOrder(before, row.box)
            before = row.box
        QWidget.setTabOrder(before, self.commit)

    @Slot()
    def _on_day(self, _typed: str = "") -> None:
        """Show what was scored on that very day already."""
        registry, scheme = self.context.registry, self._scheme
        if registry is None or scheme is None:
            return
        try:
            day = self.day.needed()
        except RegistryError:
            return  # still being typed; committing says what is wrong
        known = assessments_of(registry.dataset, self._subject, scheme.id, day)
        is_that_day = known is not None and known.on == day and known.version in (None, scheme.version)
        before, self._filled = self._filled, {}
        for item_id, row in self.rows.items():
            score = known.scores.get(item_id) if known is not None and is_that_day else None
            if row.box.text() not in ("", before.get(item_id)):
                continue  # typed by hand
            self._filled[item_id] = "" if score is None else f"{score:g}"
            row.box.setText(self._filled[item_id])
        self._add_up()

    @Slot()
    def _on_score(self, _typed: str = "") -> None:
        box = self.sender()
        row = next((row for row in self.rows.values() if row.box is box), None)
        if row is not None:
            self._read(row)
        self._add_up()

    def _read(self, row: _Row) -> float | None:
        try:
            score = row.score()
        except RegistryError as error:
            row.show_error(self.context.sentence(error))
            return None
        row.show_error("")
        return score

    def _wrong(self) -> _Row | None:
        return next((row for row in self.rows.values() if not row.error.isHidden()), None)

    def _add_up(self) -> None:
        scheme = self._scheme
        if scheme is None:
            return
        scores = {
            item_id: None if not row.error.isHidden() else row.score() for item_id, row in self.rows.items()
        }
        rating = rate(scheme, scores)
        lang = self.context.lang
        band = "" if rating.band is None else f" · {rating.band.words.in_(lang)}"
        parts = [f"{stars_words(rating).in_(lang)}{band}", score_words(rating).in_(lang)]
        self.total.setText("    ".join(part for part in parts if part))

    # writing

    @override
    def on_commit(self) -> None:
        registry, scheme = self.context.registry, self._scheme
        if registry is None or scheme is None:
            return
        wrong = self._wrong()
        if wrong is not None:
            wrong.box.setFocus(Qt.FocusReason.OtherFocusReason)
            self._scroll.ensureWidgetVisible(wrong.box)
            return
        try:
            day = self.day.needed()
        except RegistryError as error:
            self.show_error(self.context.sentence(error), "on")
            return
        scores: dict[str, object] = {item_id: row.box.text() for item_id, row in self.rows.items()}
        if not any(str(score).strip() for score in scores.values()):
            self.show_error(_NOTHING.in_(self.context.lang))
            return
        subject, why = self._subject, self.why.text().strip() or None

        def job(_ticket: Ticket) -> Changes:
            return assess(registry, subject, scheme.id, scores, on=day, why=why)

        record = self.context.record(subject)
        name = subject if record is None else display_name(record, self.context.lang)
        words = Text(_SAID.zh.format(name, scheme.words.zh), _SAID.en.format(name, scheme.words.en))
        task = self.write(job, words, on_error=self.show_exception)
        task.succeeded.connect(self._on_written)

    @Slot(object)
    def _on_written(self, _changes: object) -> None:
        self.accept()

    # keys

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and the arrows go from item to item; Ctrl+Enter commits."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            boxes = [row.box for row in self.rows.values()]
            place = next((n for n, box in enumerate(boxes) if box is watched), None)
            has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if place is not None and not has_control:
                if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
                    self._go(boxes, place + 1)
                    return True
                if event.key() == Qt.Key.Key_Up:
                    self._go(boxes, place - 1)
                    return True
        return super().eventFilter(watched, event)

    def _go(self, boxes: list[QLineEdit], place: int) -> None:
        target: QWidget = self.commit if place >= len(boxes) else boxes[max(0, place)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(target, QLineEdit):
            target.selectAll()
            self._scroll.ensureWidgetVisible(target)


def _ids(scheme: Scheme) -> set[str]:
    return {group.id for group in scheme.groups}
