"""What a record is tied to: attachments and engagements, each with a button to end it; what it came of, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.lineage.told import lineage_of
from app.text import Text
from ui.models.named import display_name
from ui.panels.inspector.parts import link_button, refill
from ui.widgets.chip import Chip
from ui.widgets.mark import Mark, UnknownMark
from ui.widgets.permit import permit
from ui.widgets.plain import LinkLabel, text_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from ui.panels.inspector.dossier import Link
    from ui.panels.inspector.standing import Standing

_DETACH: Final = Text("摘除", "Detach")
_MORE: Final = Text("详情", "Details")
_SHOW: Final = Text("看{}", "Show {}")
_ENDED: Final = Text("已结束", "ended")
_BEFORE: Final = Text("前身", "Came of")
_AFTER: Final = Text("后继", "Became")
_SINCE: Final = Text("{}（{} 起）", "{} (since {})")
_STAGE_TONE: Final = {"contract": "yes", "trial": "", "trusteeship": "accent", "fallback": "warning"}


class LinkRows(QWidget):
    """Rows of links; the running ones have 摘除. Below, an empty state where there is none."""

    detach_asked = Signal(str)  # the attachment's, engagement's or relation's code
    opened = Signal(str)  # a record to look at: the other end, or the engagement itself

    def __init__(
        self, name: str, icon: str, lang: str, parent: QWidget | None = None, *, has_more: bool = False
    ) -> None:
        super().__init__(parent)
        self._has_more = has_more  # the link itself has facts to look at
        self._name, self._icon, self._lang = name, icon, lang
        self._shown: tuple[tuple[Link, ...], Standing, str] | None = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(4)

    def show_links(
        self,
        links: Sequence[Link],
        details: Mapping[str, Text],
        empty: Standing,
        *,
        reason: str,
    ) -> None:
        """Show links; ``details`` names their type or stage; ``empty`` is said where none is running.

        ``reason`` says why none can be ended just now.
        """
        shown = (tuple(links), empty, reason)
        if shown == self._shown:
            return  # the row with the focus keeps it
        self._shown = shown
        rows = [self._row(link, details, reason) for link in links]
        if not any(link.is_running for link in links) and empty.title:
            rows.insert(0, self._empty(empty))
        refill(self._rows, rows)

    def forget(self) -> None:
        """Show none: they are still looked for."""
        self._shown = None
        refill(self._rows, [])

    def _empty(self, said: Standing) -> QWidget:
        card = QFrame(self)
        card.setObjectName(f"{self._name}.standing")
        card.setProperty("tone", said.tone)
        card.setAccessibleName(f"{said.title} {said.below}".rstrip())
        card.setProperty("card", "true")
        row = QHBoxLayout(card)
        row.setContentsMargins(10, 7, 8, 7)
        mark = UnknownMark(card) if said.tone == "unknown" else Mark(self._icon, said.tone, card)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        first = text_label(said.title, "", card)
        first.setWordWrap(True)
        words.addWidget(first)
        if said.below:
            second = text_label(said.below, "second", card)
            second.setWordWrap(True)
            words.addWidget(second)
        row.addLayout(words, 1)
        return card

    def _row(self, link: Link, details: Mapping[str, Text], reason: str) -> QWidget:
        row = QWidget(self)
        row.setObjectName(f"{self._name}.{link.code}")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name_of(link, row))
        words.addWidget(text_label(self._second(link), "faint", row))
        line.addLayout(words, 1)
        said = details.get(link.detail)
        if said is not None:
            tone = _STAGE_TONE.get(link.detail, "") if link.is_running else ""
            line.addWidget(Chip(said.in_(self._lang), tone, icon="", parent=row))
        if self._has_more:
            tip = f"{_MORE.in_(self._lang)} {link.code}"
            more = link_button(f"inspector.more.{link.code}", _MORE.in_(self._lang), tip, row)
            more.setProperty("code", link.code)
            more.clicked.connect(self._on_more)
            line.addWidget(more)
        if link.is_running:
            tip = f"{_DETACH.in_(self._lang)} {link.name}"
            button = link_button(f"inspector.detach.{link.code}", _DETACH.in_(self._lang), tip, row)
            button.setProperty("code", link.code)
            permit(button, reason)
            button.clicked.connect(self._on_detach)
            line.addWidget(button)
        else:
            line.addWidget(Chip(_ENDED.in_(self._lang), parent=row))
        return row

    def _name_of(self, link: Link, row: QWidget) -> QLabel:
        name = LinkLabel("", row)
        name.setObjectName(f"inspector.open.{link.code}")
        name.show_links([(link.other, link.name)])
        name.setAccessibleName(_SHOW.in_(self._lang).format(link.name))
        name.setWordWrap(True)
        name.linkActivated.connect(self.opened)
        return name

    def _second(self, link: Link) -> str:
        if link.last is not None:
            parts = [f"{link.first or '…'} – {link.last}"]
        elif link.first is not None:
            parts = [f"{link.first} 起" if self._lang == "zh" else f"since {link.first}"]
        else:
            parts = []
        if link.role:
            parts.append(link.role)
        if link.members is not None:
            parts.append(f"党员 {link.members}" if self._lang == "zh" else f"{link.members} members")
        return " · ".join(parts) or link.code

    @Slot()
    def _on_more(self) -> None:
        button = self.sender()
        if button is not None:
            self.opened.emit(str(button.property("code")))

    @Slot()
    def _on_detach(self) -> None:
        button = self.sender()
        if button is not None:
            self.detach_asked.emit(str(button.property("code")))


class LineageRows(QWidget):
    """A line for what was before and one for what came after; no room where there is neither."""

    opened = Signal(str)  # a record to look at

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector.lineage")
        self._lang = lang
        self._shown: object = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(14, 0, 14, 6)
        self._rows.setSpacing(2)
        self.hide()

    def show_lineage(self, dataset: Dataset, code: str) -> None:
        """Show what a record came of, and what came of it."""
        found = lineage_of(dataset, code)
        if (code, found) == self._shown:
            return  # a link with the focus keeps it
        self._shown = (code, found)
        lines = (("before", _BEFORE, found.before), ("after", _AFTER, found.after))
        refill(self._rows, [self._line(dataset, name, said, ones) for name, said, ones in lines if ones])
        self.setVisible(bool(found.before or found.after))

    def _line(
        self, dataset: Dataset, name: str, said: Text, ones: tuple[tuple[str, date | None], ...]
    ) -> QWidget:
        row = QWidget(self)
        row.setObjectName(f"inspector.lineage.{name}")
        days = {day for _, day in ones}
        day, words = days.pop() if len(days) == 1 else None, said.in_(self._lang)
        heading = text_label(
            words if day is None else _SINCE.in_(self._lang).format(words, day), "second", row
        )
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(heading, 0, Qt.AlignmentFlag.AlignTop)
        links = QVBoxLayout()
        links.setSpacing(0)
        for code, _ in ones:
            link = LinkLabel("", row)
            link.setObjectName(f"inspector.lineage.{name}.{code}")
            link.show_links([(code, self._named(dataset, code))])
            link.setAccessibleName(f"{words} {self._named(dataset, code)}")
            link.setWordWrap(True)
            link.linkActivated.connect(self.opened)
            links.addWidget(link)
        line.addLayout(links, 1)
        return row

    def _named(self, dataset: Dataset, code: str) -> str:
        record = dataset.find(code)
        return code if record is None else f"{display_name(record, self._lang)} {code}"
