"""One finding whole: its sentence, what `fix` would do, and the ways to settle it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.domain.kinds import KINDS
from app.domain.vocabulary import RULES, SEVERITIES, word_of
from app.services.check.mending import fix, preview, proof
from app.services.check.proof_words import proof_lines
from app.text import Text
from ui.models.settling import settled_by
from ui.models.task_ask import ADD, TaskAsk
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.check.check import Finding
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_HINT: Final = Text(
    "选一行：这里写全，并给出处理的办法。", "Choose a row: here it stands whole, with what settles it."
)
_SETTLE: Final = Text("去处理…", "Settle…")
_FIX: Final = Text("修正", "Fix")
_FIX_TIP: Final = Text("照上面写的改，可以撤销", "Does what is written above; it can be taken back")
_FIX_ALL: Final = Text("修正这里 {} 项", "Fix these {}")
_FIX_ALL_TIP: Final = Text(
    "列出的各项里只有一种正确改法的，一次改完，也一次撤销",
    "Of those listed, all that have one right mend, as one change and one undo",
)
_FIXED_ALL: Final = Text("已修正 {} 项", "{} fixed")
_PROVING: Final = Text("算修正前后", "Working out before and after")
_TASK: Final = Text("派任务…", "Make it a task…")
_WAIVE: Final = Text("免查…", "Waive…")
_WILL: Final = Text("修正会这样改：", "Fixing it will do this:")
_FIXED: Final = Text("已修正：{}", "Fixed: {}")
_WAIVED: Final = Text("免查至 {}", "Waived until {}")


class FindingDetail(QWidget):
    """Sentence and buttons; ``settle`` goes where it is settled, which the panel knows."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._finding: Finding | None = None
        self._fixable: list[Finding] = []
        self._proving: Task | None = None
        lang = context.lang
        self.words = text_label("", "", self)
        self.words.setObjectName("findings.detail")
        self.words.setAccessibleName(Text("这一项写全", "The finding in full").in_(lang))
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.room = QScrollArea(self)
        self.room.setObjectName("findings.reading")
        self.room.setAccessibleName(Text("这一项写全", "The finding in full").in_(lang))
        self.room.setFrameShape(QFrame.Shape.NoFrame)
        self.room.setWidgetResizable(True)
        self.room.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.room.setWidget(self.words)
        self.settle = self._button("settle", _SETTLE)
        self.fix = self._button("fix", _FIX)
        set_tip(self.fix, _FIX_TIP.in_(lang))
        self.fix_all = self._button("fix_all", _FIX_ALL.format(0))
        set_tip(self.fix_all, _FIX_ALL_TIP.in_(lang))
        self.task = self._button("task", _TASK)
        self.waive = self._button("waive", _WAIVE)
        self.task.clicked.connect(self._on_task)
        self.fix.clicked.connect(self._on_fix)
        self.fix_all.clicked.connect(self._on_fix_all)
        self.waive.clicked.connect(self._on_waive)
        line = QHBoxLayout()
        line.setSpacing(6)
        for button in (self.settle, self.fix, self.waive):
            line.addWidget(button)
        line.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.room, 1)
        box.addLayout(line)
        more = QHBoxLayout()
        more.setSpacing(6)
        for button in (self.fix_all, self.task):
            more.addWidget(button)
        more.addStretch(1)
        box.addLayout(more)
        self.show_finding(None)
        self.offer_all([])

    def _button(self, name: str, said: Text) -> QPushButton:
        button = QPushButton(said.in_(self._context.lang), self)
        button.setObjectName(f"findings.{name}")
        button.setAccessibleName(said.in_(self._context.lang))
        return button

    def show_finding(self, finding: Finding | None) -> None:
        """Show another finding, or how to come to one."""
        self._finding = finding
        context = self._context
        found = None if finding is None else settled_by(finding, kind_of(context, finding))
        said = _SETTLE if found is None else found[0]
        self.settle.setText(context.say(said))
        self.settle.setAccessibleName(context.say(said))
        writes = found is not None and found[1] != "topics.fusion"
        permit(self.settle, context.why_locked if writes else "", may=found is not None)
        permit(self.fix, context.why_locked, may=finding is not None and finding.fixable)
        may_be_work = finding is not None and "tasks" in _may_have(kind_of(context, finding))
        permit(self.task, context.why_locked, may=may_be_work)
        permit(self.waive, context.why_locked, may=finding is not None)
        self.words.setText(context.say(_HINT) if finding is None else self._said(finding))
        self.words.setProperty("type", "second" if finding is None else "")
        self.room.verticalScrollBar().setValue(0)
        self._prove()

    def offer_all(self, findings: Sequence[Finding]) -> None:
        """Offer to mend all of some findings that have one right mend and are not waived, as one change."""
        self._fixable = [f for f in findings if f.fixable and f.waived_until is None]
        said = self._context.say(_FIX_ALL.format(len(self._fixable)))
        self.fix_all.setText(said)
        self.fix_all.setAccessibleName(said)
        permit(self.fix_all, self._context.why_locked, may=len(self._fixable) > 1)

    def _prove(self) -> None:
        """Find out in the background what mending does to areas, places and figures, and say it below the finding."""
        if self._proving is not None:
            self._proving.cancel()
            self._proving = None
        finding, registry, context = self._finding, self._context.registry, self._context
        if finding is None or registry is None or not finding.fixable:
            return
        measure = context.question.measure

        def job(_ticket: Ticket) -> list[Text]:
            return proof_lines(proof(registry, [finding], measure))

        def done(lines: list[Text]) -> None:
            self._proving = None
            if self._finding is finding and context.registry is registry:
                self.words.setText("\n".join([self._said(finding), *(context.say(line) for line in lines)]))

        self._proving = context.tasks.start(
            job, on_registry=False, words=_PROVING, on_failure=context.refused.emit
        )
        self._proving.succeeded.connect(done)

    def _said(self, finding: Finding) -> str:
        context, registry = self._context, self._context.registry
        head = f"{context.say(word_of(RULES, finding.rule))} · {context.say(SEVERITIES[finding.severity])}"
        if finding.waived_until is not None:
            head += f" · {context.say(_WAIVED.format(finding.waived_until))}"
        parts = [head, context.say(finding.message)]
        if finding.fixable and registry is not None:
            steps = preview(registry, finding).steps
            parts.append("\n".join([context.say(_WILL), *(context.say(step) for step in steps)]))
        return "\n".join(parts)

    @Slot()
    def _on_fix(self) -> None:
        finding, registry = self._finding, self._context.registry
        if finding is None or registry is None:
            return
        self.fix.setEnabled(False)  # until it is checked again
        said = (
            _FIXED.format(word_of(RULES, finding.rule).zh).zh,
            _FIXED.format(word_of(RULES, finding.rule).en).en,
        )

        def job(_ticket: Ticket) -> Changes:
            return fix(registry, finding)

        self._context.edit(job, Text(*said))

    @Slot()
    def _on_fix_all(self) -> None:
        findings, registry = list(self._fixable), self._context.registry
        if not findings or registry is None:
            return
        self.fix_all.setEnabled(False)  # until it is checked again

        def job(_ticket: Ticket) -> Changes:
            return fix(registry, *findings)

        self._context.edit(job, _FIXED_ALL.format(len(findings)))

    @Slot()
    def _on_task(self) -> None:
        finding, context = self._finding, self._context
        if finding is not None:
            why = context.say(word_of(RULES, finding.rule))
            context.task_asked.emit(TaskAsk(ADD, finding.codes[:1], finding=finding.id, why=why))

    @Slot()
    def _on_waive(self) -> None:
        if self._finding is not None:
            self._context.waive_asked.emit(self._finding)


def _may_have(kind: str) -> tuple[str, ...]:
    return KINDS[kind].may_have if kind in KINDS else ()


def kind_of(context: WindowContext, finding: Finding) -> str:
    """Return the kind of the record that a finding is about, "" where there is none."""
    record = context.record(finding.codes[0]) if finding.codes else None
    return "" if record is None else record.kind
