"""What an import made of a file's columns, in sentences: the same by command and in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.field_words import field_words
from app.domain.kinds import KINDS
from app.domain.personal import without_numbers
from app.exchange.values.outcome import LEAVE
from app.persistence.journal_values import BY_HAND
from app.text import Text

if TYPE_CHECKING:
    from app.domain.profile.profile import Profile
    from app.exchange.mapping.by_hand import EditedCell
    from app.exchange.planning.plan import Plan

_BY: Final = {
    "user": Text("按你写的", "as you said"),
    "habit": Text("按上次的", "as last time"),
    "content": Text("按内容", "by what it holds"),
}
_EDITS_NAMED: Final = 8
_LONGEST: Final = 40  # letters of a cell in the journal


def why_of(plan: Plan) -> str:
    """Return what the journal keeps as the reason of an import: its file, and what was typed by hand in rows that are written."""
    if not plan.edited:
        return plan.request.source.name
    written = {row.key for row in plan.rows if row.action in ("create", "change")}
    typed = [cell for cell in plan.edited if cell.row in written]
    if not typed:
        return plan.request.source.name
    said = [f"{_row(plan, cell)} {_change(cell)}" for cell in typed[:_EDITS_NAMED]]
    more = len(typed) - len(said)
    return plan.request.source.name + BY_HAND + "; ".join(said) + (f"; … +{more}]" if more else "]")


def _short(text: str) -> str:
    """Return what a cell says, short, and without a person's number: a reason is kept for good."""
    plain = " ".join(without_numbers(text).split())
    return (plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…") or "–"


def told_of_edits(plan: Plan) -> list[Text]:
    """Return which cells were typed by hand, in a sentence; nothing where none was."""
    typed = plan.edited
    if not typed:
        return []
    named = typed[:_EDITS_NAMED]
    zh = "；".join(f"第 {_row(plan, cell)} 行 {_change(cell)}" for cell in named)
    en = "; ".join(f"row {_row(plan, cell)}, {_change(cell)}" for cell in named)
    more = len(typed) - len(named)
    return [
        Text(
            f"手改 {len(typed)} 格：{zh}{f'；另有 {more} 格' if more else ''}。",
            f"Typed by hand, {len(typed)}: {en}{f'; and {more} more' if more else ''}.",
        )
    ]


def _row(plan: Plan, cell: EditedCell) -> str:
    """Return the number of a row, and its sheet where it is not the one that is read."""
    sheet, _, number = cell.row.rpartition("!")
    return number if sheet in {"", plan.layer} else f"{sheet} {number}"


def _change(cell: EditedCell) -> str:
    return f"{cell.column} {_short(cell.before)} → {_short(cell.after)}"


def told_first(plan: Plan) -> list[Text]:
    """Return what has to be seen of a plan: cells typed by hand, and columns left out for a person's sake."""
    said = told_of_edits(plan)
    personal = [left.column for left in plan.left_columns if left.why == "personal"]
    if personal:
        said.append(
            Text(
                f"略去 {len(personal)} 列：{'、'.join(personal)}（不收个人信息）。",
                f"Left out {len(personal)}: {', '.join(personal)} (personal data has no field).",
            )
        )
    return said


def told_of_columns(plan: Plan, profile: Profile) -> list[Text]:
    """Return which column became which field and by whose word, what holds for all rows, and which columns are not used."""
    kind = plan.request.kind
    said: list[Text] = []
    taken = []
    for meaning in plan.columns:
        words, by = field_words(kind, meaning.field, profile), _BY.get(meaning.by)
        zh, en = f"{meaning.column} → {words.zh}", f"{meaning.column} → {words.en}"
        taken.append(Text(zh, en) if by is None else Text(f"{zh}（{by.zh}）", f"{en} ({by.en})"))
    by_habit = {one.field: one.value for one in plan.by_habit if one.column is None and one.field is not None}
    for field, value in {**by_habit, **plan.request.constants}.items():
        words = field_words(kind, field, profile)
        by = _BY["habit"] if field in by_habit and field not in plan.request.constants else None
        said_as = _word(kind, field, value, profile) if by is not None else Text(str(value), str(value))
        zh = f"{words.zh} 没写的都是 {said_as.zh}"
        en = f"{words.en}: {said_as.en} where the file says nothing"
        taken.append(Text(zh, en) if by is None else Text(f"{zh}（{by.zh}）", f"{en} ({by.en})"))
    if taken:
        said.append(
            Text(
                "列：" + "，".join(one.zh for one in taken) + "。",
                "Columns: " + ", ".join(one.en for one in taken) + ".",
            )
        )
    unused = [left.column for left in plan.left_columns if left.why != "personal"]
    if unused:
        said.append(
            Text(
                f"没有用到 {len(unused)} 列：{'、'.join(unused)}。",
                f"Not used, {len(unused)}: {', '.join(unused)}.",
            )
        )
    return [*said, *_told_of_habits(plan, profile)]


def _told_of_habits(plan: Plan, profile: Profile) -> list[Text]:
    """Return what was left out and answered by habit, and what can be done about habits; nothing where there are none."""
    if not plan.by_habit:
        return []
    said = []
    left = [one.column or "" for one in plan.by_habit if one.field is None and one.form is None]
    if left:
        said.append(
            Text(f"按上次的没有要：{'、'.join(left)}。", f"Left out as last time: {', '.join(left)}.")
        )
    zh, en = [], []
    for one in plan.by_habit:
        if one.form is not None:
            word = _word(plan.request.kind, one.field, one.value, profile)
            zh.append(f"{one.column} {f'“{one.form}”' if one.form else '读不准的'} 是 {word.zh}")
            en.append(f"{one.column} {one.form or 'unclear cells'!r} is {word.en}")
    if zh:
        said.append(Text(f"按上次的答：{'，'.join(zh)}。", f"Answered as last time: {', '.join(en)}."))
    return [
        *said,
        Text(
            "按上次的，是导入同样列名的表时你定的：可以改，可以不照用（--no-habits），也可以忘掉（--forget-habits）。",
            "What is as last time was decided by you for a file with the same headings: change it, do without it (--no-habits), or have it forgotten (--forget-habits).",
        ),
    ]


def _word(kind: str, field: str | None, value: str | None, profile: Profile) -> Text:
    """Return what a value that answers a field is called."""
    if value == LEAVE:
        return Text("不写", "nothing")
    own = None if field is None else KINDS[kind].by_name.get(field)
    spec = None if field is None else profile.facts.get(field)
    choices = profile.choices.get(own.choices, {}) if own is not None else {}
    if own is None and spec is not None:
        choices = profile.fact_choices(spec)
    return choices.get(str(value), Text(str(value), str(value)))
