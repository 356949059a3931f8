"""Adoption of three-no compounds: who stands where, what is due, who needs a fallback; and the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Slot
from typing_extensions import override

from app.services.adoption import fallback
from app.services.adoption.stages import STAGE_WORDS
from app.text import Text
from ui.topics.adoption.lines import VIEWS, Shown, find
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_box, add_button
from ui.widgets.permit import permit

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.jobs import Ticket
    from ui.bridge.context import WindowContext

_ALL: Final = Text("所有阶段", "Every stage")
_NEXT: Final = Text("下一步…", "Next step…")
_NEXT_TIP: Final = Text("给表中选中的小区走下一步", "Take the next step of the compound chosen in the table")
_DUTIES: Final = {
    fallback.TRUSTEESHIP: Text("登记临时托管", "Record trusteeship"),
    fallback.DUTIES: Text("登记代行职责", "Record duties taken over"),
}
_NO_ROW: Final = Text("先在表里选一个小区", "Choose a compound in the table first")


class AdoptionTopic(LinesTopic):
    """Three views of one table. Enter shows the compounds behind a cell; the buttons act on the current row."""

    KINDS = frozenset(
        {
            "engagements",
            "facts",
            "firms",
            "compounds",
            "grids",
            "communities",
            "streets",
            "districts",
            "profile",
        }
    )

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._shown: Shown | None = None
        self.view = add_box(self, "view", Text("看什么", "What to see"), context.lang)
        for view, said in VIEWS.items():
            self.view.addItem(context.say(said), view)
        self.stage = add_box(self, "stage", Text("阶段", "Stage"), context.lang)
        self.stage.addItem(context.say(_ALL), "")
        for name, said in STAGE_WORDS.items():
            self.stage.addItem(context.say(said), name)
        self.next = add_button(self, "next", _NEXT, _NEXT_TIP, context.lang)
        self.next.clicked.connect(self.take_step)
        self.duties = {
            duty: add_button(self, duty, said, said, context.lang) for duty, said in _DUTIES.items()
        }
        for duty, button in self.duties.items():
            button.setProperty("duty", duty)
            button.clicked.connect(self._on_duty)
        self.tools.addStretch(1)
        self.view.currentIndexChanged.connect(self._on_view)
        self.stage.currentIndexChanged.connect(self.ask_again)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self._enable()

    @override
    def question(self) -> Callable[[Ticket], Shown] | None:
        registry = self._context.registry
        if registry is None:
            return None
        engine, day, lang = registry.engine, self._context.as_of, self._context.lang
        view, stage = str(self.view.currentData()), str(self.stage.currentData() or "")

        def job(ticket: Ticket) -> Shown:
            return find(engine, day, view, stage, lang, ticket)

        return job

    @override
    def answer(self, found: Shown) -> None:
        code = self.current_compound()
        self._shown = found
        self.show_lines(found.heads, found.lines)
        self.say(found.summary.in_(self._context.lang))
        self.go_to("" if found.view == "streets" else code)
        self._enable()

    @override
    def clear(self) -> None:
        self._shown = None
        super().clear()
        self._enable()

    # acting

    def current_compound(self) -> str:
        """Return the compound of the current row, "" where rows are streets or nothing is chosen."""
        line = self.line_of(self.table.currentIndex())
        return "" if line is None or self._shown is None or self._shown.view == "streets" else line.code

    @Slot()
    def take_step(self) -> None:
        """Open the adoption dialog on the current row's compound."""
        code = self.current_compound()
        if not code:
            self._context.said.emit(_NO_ROW)
            return
        self._context.select([code], self.NAME)
        self._context.wanted.emit("compound.adopt")

    @Slot()
    def _on_duty(self) -> None:
        button = self.sender()
        if button is not None:
            self.take_over(str(button.property("duty")))

    def take_over(self, duty: str) -> None:
        """Record from the day shown on that the street takes a duty over, as one change."""
        registry, code, day = self._context.registry, self.current_compound(), self._context.as_of
        if registry is None or not code:
            return
        words, name = fallback.DUTY_WORDS[duty], registry.engine.name_on(code, day) or code
        self._context.edit(
            lambda _ticket: fallback.take_over(registry, code, duty, since=day),
            Text(f"{words.zh}：{name}", f"{words.en}: {name}"),
        )

    @Slot(int)
    def _on_view(self, _place: int) -> None:
        self._enable()
        self.ask_again()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._enable()

    @override
    def _enable(self) -> None:
        """Offer what makes sense for the view and the current row."""
        view = str(self.view.currentData())
        self.stage.setVisible(view == "compounds")
        self.next.setVisible(view != "streets")
        reason, may = self._context.why_locked, bool(self.current_compound())
        permit(self.next, reason, may=may)
        for button in self.duties.values():
            button.setVisible(view == "needs")
            permit(button, reason, may=may)
