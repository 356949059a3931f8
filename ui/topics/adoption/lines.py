"""The lists of the adoption topic as rows: compounds by stage, counts by street, who needs a fallback."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain import vocabulary
from app.services.adoption.fallback import DUTY_WORDS, MISSING_WORDS, needs_of
from app.services.adoption.stages import STAGE_WORDS, STEP_WORDS, adoption_list
from app.text import Text
from ui import words
from ui.topics.base.lines import Head, Line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.jobs import Ticket
    from app.services.adoption.stages import StageRow

VIEWS: Final = {
    "compounds": Text("小区", "Compounds"),
    "streets": Text("按街道", "By street"),
    "needs": Text("需兜底", "Need fallback"),
}
_COMPOUNDS: Final = (
    Head(vocabulary.PLACES["compound"].heading(), width=140),
    Head(vocabulary.LEVELS["street"].heading(), width=104),
    Head(Text("阶段", "Stage"), width=72),
    Head(Text("截止", "Due"), width=92, tip=Text("到这天前要走下一步", "The next step is due by this day")),
    Head(Text("还剩（天）", "Days left"), is_number=True, width=84),
    Head(Text("接下来", "Next"), width=130),
    Head(Text("从", "Since"), width=92),
    Head(Text("补贴（元）", "Subsidy (yuan)"), is_number=True, width=104),
    Head(Text("企业", "Firm"), width=210),
)
_NEEDS: Final = (
    Head(vocabulary.PLACES["compound"].heading(), width=140),
    Head(vocabulary.LEVELS["street"].heading(), width=104),
    Head(Text("缺什么", "Missing"), width=180),
    Head(Text("还要", "Still to do"), width=250),
    Head(Text("已接手", "Taken over"), width=250),
)
_SUMMARY: Final = Text("曾经三无 {} 个：{}", "{} ever three-no: {}")
_NEEDED: Final = Text(
    "缺物业或业委会缺位 {} 个，{} 个还没有人接手", "{} lack a party; {} are taken over by nobody"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the topic shows of one view; ``due``: how many have a step due within 30 days."""

    view: str
    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    summary: Text
    due: int = 0


def find(engine: CoverageEngine, day: date, view: str, stage: str, lang: str, ticket: Ticket) -> Shown:
    """Return the rows of a view as of a day; ``stage`` "" = every stage."""
    if view == "needs":
        return _needs(engine, day, lang)
    rows = adoption_list(engine, engine.profile.adoption, day, ticket=ticket)
    counts = {name: sum(row.stage.stage == name for row in rows) for name in STAGE_WORDS}
    parts = [(STAGE_WORDS[name], count) for name, count in counts.items() if count]
    summary = Text(
        _SUMMARY.zh.format(len(rows), " · ".join(f"{w.zh} {n:,}" for w, n in parts)),
        _SUMMARY.en.format(len(rows), " · ".join(f"{w.en} {n:,}" for w, n in parts)),
    )
    due = sum(row.stage.due is not None and 0 <= (row.stage.due - day).days <= 30 for row in rows)
    if view == "streets":
        return _streets(engine, day, rows, lang, summary, due)
    lines = [_compound(engine, day, row, lang) for row in rows if stage in ("", row.stage.stage)]
    return Shown(view=view, heads=_COMPOUNDS, lines=tuple(lines), summary=summary, due=due)


def _compound(engine: CoverageEngine, day: date, row: StageRow, lang: str) -> Line:
    stage = row.stage
    code = stage.compound
    following = [STEP_WORDS.get(name) or STAGE_WORDS[name] for name in stage.next[:1]]
    return Line(
        code=code,
        cells=(
            row.name or f"{words.UNNAMED.in_(lang)} {code}",
            _street(engine, row.street, day, lang),
            STAGE_WORDS[stage.stage].in_(lang),
            stage.due and stage.due.isoformat(),
            None if stage.due is None else (stage.due - day).days,
            following[0].in_(lang) if following else None,
            stage.since and stage.since.isoformat(),
            None if stage.yuan is None else round(stage.yuan),
            engine.name_on(stage.firm, day) if stage.firm else None,
        ),
        codes=(code,),
        tip="、".join(word.in_(lang) for word in following),
    )


def _streets(
    engine: CoverageEngine, day: date, rows: Sequence[StageRow], lang: str, summary: Text, due: int
) -> Shown:
    heads = [Head(words.LEVELS["street"], width=150)]
    wide = 72 if lang == "zh" else 116
    heads += [Head(said, is_number=True, width=wide) for said in STAGE_WORDS.values()]
    heads.append(Head(words.TOTAL, is_number=True, width=72))
    streets = sorted({row.street for row in rows})
    lines = [
        _counts(street, _street(engine, street, day, lang), [row for row in rows if row.street == street])
        for street in streets
    ]
    lines.append(_counts("", words.TOTAL.in_(lang), rows, is_total=True))
    return Shown(view="streets", heads=tuple(heads), lines=tuple(lines), summary=summary, due=due)


def _counts(code: str, name: str, rows: Sequence[StageRow], *, is_total: bool = False) -> Line:
    by_stage = {
        stage: tuple(row.stage.compound for row in rows if row.stage.stage == stage) for stage in STAGE_WORDS
    }
    return Line(
        code=code,
        cells=(name, *(len(codes) for codes in by_stage.values()), len(rows)),
        codes=tuple(row.stage.compound for row in rows),
        codes_of=dict(enumerate(by_stage.values(), start=1)),
        is_total=is_total,
    )


def _needs(engine: CoverageEngine, day: date, lang: str) -> Shown:
    needs = needs_of(engine, day)
    comma = "、" if lang == "zh" else ", "
    lines = [
        Line(
            code=need.code,
            cells=(
                need.name or f"{words.UNNAMED.in_(lang)} {need.code}",
                _street(engine, need.street, day, lang),
                comma.join(MISSING_WORDS[name].in_(lang) for name in need.missing),
                comma.join(DUTY_WORDS[name].in_(lang) for name in need.next) or None,
                comma.join(DUTY_WORDS[name].in_(lang) for name in need.taken) or None,
            ),
            codes=(need.code,),
        )
        for need in needs
    ]
    nobody = sum(need.status != "covered" for need in needs)
    return Shown(view="needs", heads=_NEEDS, lines=tuple(lines), summary=_NEEDED.format(len(needs), nobody))


def _street(engine: CoverageEngine, code: str, day: date, lang: str) -> str:
    return engine.name_on(code, day) or code if code else words.UNPLACED.in_(lang)
