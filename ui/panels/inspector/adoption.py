"""How far the adoption of the compound in the inspector has come, and the way to its next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.answer import Answer
from app.services.adoption.stages import STAGE_WORDS, STEP_WORDS, VISIT, stage_of
from app.text import Text
from ui.panels.inspector.parts import link_button
from ui.widgets.permit import permit
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.services.adoption.stages import Stage

_STEP: Final = Text("下一步 Y", "Next step Y")
_TIP: Final = Text("走接管的下一步", "Take the next step of the adoption")
_STAGE: Final = Text("接管：{}", "Adoption: {}")
_PAID: Final = Text(" {:,.0f} 元", ", {:,.0f} yuan")
_UNTIL: Final = Text("，到 {}", ", until {}")
_NEXT: Final = Text("；接下来{}", "; next: {}")


def stage_shown(engine: CoverageEngine, code: str, day: date) -> Stage | None:
    """Return a compound's stage; None where it never was three-no and nobody came to adopt it."""
    stage = stage_of(engine, engine.profile.adoption, code, day)
    is_adopted = bool(engine.dataset.facts(code).get(VISIT)) or stage.stage in ("trial", "fallback")
    return stage if is_adopted or engine.book.ever_three_no(code, day) is Answer.YES else None


def stage_words(stage: Stage) -> Text:
    """Return a stage in a sentence: what, how much, until when, what comes next."""
    said = STAGE_WORDS[stage.stage]
    parts = [Text(_STAGE.zh.format(said.zh), _STAGE.en.format(said.en))]
    if stage.yuan:
        parts.append(_PAID.format(stage.yuan))
    if stage.due is not None:
        parts.append(_UNTIL.format(stage.due))
    for step in stage.next[:1]:
        words = STEP_WORDS.get(step) or STAGE_WORDS[step]
        parts.append(Text(_NEXT.zh.format(words.zh), _NEXT.en.format(words.en)))
    return Text("".join(part.zh for part in parts), "".join(part.en for part in parts))


class AdoptionLine(QWidget):
    """A line that says the stage, and a link to the next step. Hidden where there is nothing to say."""

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self.label = text_label("", "", self)
        self.label.setObjectName("inspector.adoption")
        self.label.setWordWrap(True)
        self.step = link_button("inspector.adopt", _STEP.in_(lang), _TIP.in_(lang), self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 2, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.label, 1)
        line.addWidget(self.step)
        self.hide()

    def show_stage(self, stage: Stage | None, *, reason: str) -> None:
        """Show a stage, or nothing; ``reason`` says why no step can be taken just now."""
        self.setVisible(stage is not None)
        permit(self.step, reason)
        if stage is not None:
            self.label.setText(stage_words(stage).in_(self._lang))
