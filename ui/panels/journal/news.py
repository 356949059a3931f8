"""What changed since I last looked: how far back the journal goes, and the steps of one street or one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.domain import vocabulary
from app.services.keeping.looked import key_of
from app.text import Text
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.services.keeping.since import Group, News
    from ui.bridge.context import WindowContext

_EVERY, _NEW = "all", "new"
_ANY: Final = "*"
_ALL_STEPS: Final = Text("全部步骤", "All steps")
_SINCE: Final = Text("上次看过以后 {}", "Since I last looked {}")
_SPAN: Final = Text("从什么时候起", "Since when")
_STREET: Final = vocabulary.LEVELS["street"].heading()
_PERSON: Final = Text("谁", "Who")
_ALL_STREETS: Final = Text("全部街道", "All streets")
_EVERYBODY: Final = Text("所有人", "Everybody")
_NO_STREET: Final = Text("不在一个街道里", "In no single street")
_LOOKED: Final = Text("看过了", "I have looked")
_LOOKED_TIP: Final = Text("下次只列这以后的改动", "Next time only what is done from now on is listed")


class NewsBar(QWidget):
    """``span`` stands with the panel's own buttons, the bar below them while only news are asked for.

    ``asked``: the journal is to be read again; ``narrowed``: the same news, of another street or person.
    """

    asked = Signal()
    narrowed = Signal()

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._news: News | None = None
        self.span = self._box("since", _SPAN)
        self.street = self._box("street", _STREET)
        self.person = self._box("person", _PERSON)
        self.looked = QPushButton(context.say(_LOOKED), self)
        self.looked.setObjectName("journal.looked")
        self.looked.setAccessibleName(context.say(_LOOKED))
        set_tip(self.looked, context.say(_LOOKED_TIP))
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 12, 6)
        line.setSpacing(6)
        for part in (self.street, self.person, self.looked):
            line.addWidget(part)
        line.addStretch(1)
        self.span.addItem(context.say(_ALL_STEPS), _EVERY)
        self.span.addItem("", _NEW)
        self.count_news()
        self.span.currentIndexChanged.connect(self._on_span)
        self.street.currentIndexChanged.connect(self._on_narrowed)
        self.person.currentIndexChanged.connect(self._on_narrowed)
        self.looked.clicked.connect(self._on_looked)
        context.registry_left.connect(self.forget)
        context.others.looked.connect(self.asked)
        self._show_parts()

    @Slot()
    def forget(self) -> None:
        """List every step again: another registry is another matter."""
        self._news = None
        self.span.setCurrentIndex(0)

    def _box(self, name: str, words: Text) -> ChoiceBox:
        box = ChoiceBox(self)
        box.setObjectName(f"journal.{name}")
        box.setAccessibleName(self._context.say(words))
        box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        return box

    @property
    def is_new(self) -> bool:
        """Whether only what is new is asked for."""
        return str(self.span.currentData()) == _NEW

    @property
    def mark(self) -> int:
        """The last step that was looked at."""
        registry = self._context.registry
        return 0 if registry is None else self._context.settings.looked(key_of(registry))

    def count_news(self) -> None:
        """Say how many steps are new."""
        registry = self._context.registry
        count = 0 if registry is None else max(0, registry.last_step - self.mark)
        self.span.setItemText(1, self._context.say(_SINCE.format(f"{count:,}")))
        self.looked.setEnabled(count > 0)

    def show_news(self, news: News) -> None:
        """Offer the streets and people of some news."""
        self._news = news
        say = self._context.say
        self._fill(
            self.street, _ALL_STREETS, [(g.name or g.key or say(_NO_STREET), g) for g in news.by_street]
        )
        self._fill(self.person, _EVERYBODY, [(g.name, g) for g in news.by_person])

    def _fill(self, box: ChoiceBox, everything: Text, groups: list[tuple[str, Group]]) -> None:
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        box.addItem(self._context.say(everything), _ANY)
        for name, group in groups:
            box.addItem(f"{name} {len(group.steps)}", group.key)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.blockSignals(False)

    def chosen(self) -> Sequence[Any]:
        """Return the new steps of the street and the person chosen."""
        news = self._news
        if news is None:
            return ()
        shown = news.changes
        for box, groups in ((self.street, news.by_street), (self.person, news.by_person)):
            group = next((g for g in groups if g.key == box.currentData()), None)
            if group is not None:
                shown = tuple(change for change in shown if change.seq in group.steps)
        return shown

    @Slot(int)
    def _on_span(self, _place: int) -> None:
        self._show_parts()
        self.asked.emit()

    def _show_parts(self) -> None:
        self.setVisible(self.is_new)

    @Slot(int)
    def _on_narrowed(self, _place: int) -> None:
        self.narrowed.emit()

    @Slot()
    def _on_looked(self) -> None:
        registry, news = self._context.registry, self._news
        if registry is None or news is None:
            return
        seen = max((change.seq for change in news.changes), default=news.seq)  # what came since was not seen
        self._context.others.look_up_to(seen)
