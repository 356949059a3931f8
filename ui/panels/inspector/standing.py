"""What a section says where nothing runs: the status as coverage knows it, and what would settle it.

Only a no says that there is none. Nobody surveyed it, said to be unknown, said to be there without a record: each reads
as what it is, and is never drawn as a no.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.answer import Answer
from app.domain.kinds import KINDS
from app.domain.vocabulary import REASONS, word_of
from app.text import Text
from ui.models.named import ATTACHABLE

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.answers import Verdict
    from app.coverage.engine import CoverageEngine
    from app.domain.record import Record

_PARTY_NO: Final = Text("本{}尚无党组织", "No party organisation here")
_PARTY_OPEN: Final = Text("本{}有没有党组织，还不知道", "Whether it has a party organisation is not known")
_PARTY_SAID: Final = Text(
    "调查说本{}有党组织，还没有登记", "Said to have a party organisation, none is recorded"
)
_PARTY_STEP: Final = Text(
    "挂接它的党组织，或在“党组织”一项答“无”。", "Attach its organisation, or answer no."
)
_PARTY_ADD: Final = Text("挂接了才算覆盖，在此之前按未知计。", "It counts once attached; unknown until then.")
_FIRM_NO: Final = Text("没有在期的物业服务", "No property service in force")
_FIRM_OPEN: Final = Text("有没有物业服务，还不知道", "Whether a firm serves it is not known")
_FIRM_SAID: Final = Text("调查说有物业企业，还没有登记服务", "Said to have a firm, no service is recorded")
_FIRM_STEP: Final = Text("登记服务它的企业，或在“物业企业”一项答“无”。", "Engage its firm, or answer no.")
_FIRM_ADD: Final = Text(
    "登记了服务才算覆盖，在此之前按未知计。", "It counts once recorded; unknown until then."
)
_SERVES_NONE: Final = Text("没有登记它在期服务的小区", "No service of it in force is recorded")


class Standing(NamedTuple):
    """Title and line below of an empty section; ``tone``: "no", or "unknown", which is drawn hatched."""

    title: str = ""
    below: str = ""
    tone: str = "no"


def party_verdict(engine: CoverageEngine, record: Record, day: date) -> Verdict | None:
    """Return what is known of a record's own party organisation; None where the question is not asked."""
    return engine.book.on(day).party(record.code) if record.kind in ATTACHABLE else None


def property_verdict(engine: CoverageEngine, record: Record, day: date) -> Verdict | None:
    """Return what is known of a compound's or scattered building's property service."""
    answers = engine.book.on(day)
    is_asked = record.kind in ("compounds", "buildings") and answers.is_subject(record)
    return answers.property(record.code) if is_asked else None


def party_standing(verdict: Verdict | None, kind: str, lang: str) -> Standing:
    """Return what the section on party organisations says; nothing while it is still computed."""
    said = (_PARTY_NO, _PARTY_OPEN, _PARTY_SAID, _PARTY_STEP, _PARTY_ADD)
    no, is_open, is_said, step, add = (text.format(KINDS[kind].words.zh) for text in said)
    return _standing(verdict, (no, is_open, is_said), (step, add), lang)


def property_standing(verdict: Verdict | None, lang: str) -> Standing:
    """Return what the section on property service says."""
    return _standing(verdict, (_FIRM_NO, _FIRM_OPEN, _FIRM_SAID), (_FIRM_STEP, _FIRM_ADD), lang)


def serving_standing(lang: str) -> Standing:
    """Return what the page of a firm says that serves nobody as far as is recorded."""
    return Standing(_SERVES_NONE.in_(lang), "", "unknown")


def _standing(
    verdict: Verdict | None, titles: tuple[Text, Text, Text], steps: tuple[Text, Text], lang: str
) -> Standing:
    if verdict is None or verdict.answer is Answer.YES:
        return Standing()
    why = word_of(REASONS, verdict.reason).in_(lang)
    if verdict.answer is Answer.NO:
        return Standing(titles[0].in_(lang), why, "no")
    if verdict.reason == "yes_without_record":
        return Standing(titles[2].in_(lang), steps[1].in_(lang), "unknown")
    stop, space = ("。", "") if lang == "zh" else (".", " ")
    return Standing(titles[1].in_(lang), f"{why}{stop}{space}{steps[0].in_(lang)}", "unknown")
