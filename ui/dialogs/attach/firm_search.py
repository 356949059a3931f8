"""Search a firm by name, initials or code: a line to type into and the nearest ones under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget
from typing_extensions import override

from app.text import Text
from ui.dialogs.attach.candidates import firm_candidates, matching
from ui.widgets.coverage_cell import CODE_ROLE

if TYPE_CHECKING:
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.dialogs.attach.candidates import Candidate

_HINT: Final = Text("名称、拼音首字母或代码", "Name, pinyin initials or code")
_CHOICES: Final = Text("可选的企业", "Firms to choose")
_ROWS: Final = 3


class FirmSearch(QObject):
    """``line`` and ``list`` are laid out by a dialog; up and down in the line move through the list."""

    ready = Signal()

    def __init__(self, context: WindowContext, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._candidates: list[Candidate] = []
        self._wanted = ""
        self.is_ready = False
        self.line = QLineEdit(parent)
        self.line.setPlaceholderText(_HINT.in_(context.lang))
        self.line.textChanged.connect(self._on_typed)
        self.line.installEventFilter(self)
        self.list = QListWidget(parent)
        self.list.setObjectName(f"{name}.firms")
        self.list.setAccessibleName(_CHOICES.in_(context.lang))
        self.list.setFixedHeight(28 * _ROWS + 4)

    def find(self, compound: str) -> None:
        """Find the firms, off the GUI thread; those that serve the nearest compounds come first."""
        registry, day = self._context.registry, self._context.as_of
        target = None if registry is None else registry.dataset.find(compound)
        if registry is None or target is None:
            return
        engine, dataset, profile, zone = registry.engine, registry.dataset, registry.profile, registry.zone

        def job(_ticket: Ticket) -> list[Candidate]:
            derived = engine.derived(target.code, day)
            return firm_candidates(dataset, profile, zone, target, derived, day)

        task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
        task.succeeded.connect(self._on_found)

    def choose(self, code: str) -> None:
        """Have a firm chosen, whatever was typed; "" = type one."""
        record = self._context.record(code) if code else None
        self._wanted = code
        self.line.setText("" if record is None else record.text("name"))
        self._on_typed()

    @property
    def code(self) -> str:
        """The firm chosen, "" where nothing fits what was typed."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(CODE_ROLE))

    @Slot(object)
    def _on_found(self, candidates: list[Candidate]) -> None:
        self._candidates = candidates
        self.is_ready = True
        self._on_typed()
        self.ready.emit()

    @Slot()
    def _on_typed(self, _text: str = "") -> None:
        self.list.clear()
        place = 0
        for row, candidate in enumerate(matching(self._candidates, self.line.text())):
            note = candidate.note.in_(self._context.lang)
            item = QListWidgetItem(f"{candidate.name}　{note}" if note else candidate.name)
            item.setData(CODE_ROLE, candidate.code)
            self.list.addItem(item)
            if candidate.code == self._wanted:
                place = row
        self.list.setCurrentRow(place)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.line
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        ):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
            return True
        return super().eventFilter(watched, event)
