"""What somebody may answer about a row of a plan: whom it means, what its cell or a name in it means, or to leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.exchange.planning.plan import Plan
    from app.exchange.planning.plan_row import PlanRow

_NEW: Final = Text("是新的，新建", "It is a new one: create it")
_LEAVE: Final = Text("不导这一行", "Leave this row out")


class RowChoice(NamedTuple):
    """One answer: ``asked`` and ``value`` as ``--answer`` takes them, and the words that people choose by."""

    asked: str
    value: str
    words: Text


def choices_of(plan: Plan, row: PlanRow) -> tuple[RowChoice, ...]:
    """Return every answer that a refused row can have; () for any other row."""
    return tuple(_choices(plan, row)) if row.action == "refuse" else ()


def _choices(plan: Plan, row: PlanRow) -> Iterator[RowChoice]:
    for one in row.candidates:
        name = one.name or one.code
        words = Text(
            f"是 {name}（{one.code}）：{one.evidence.zh}", f"It is {name} ({one.code}): {one.evidence.en}"
        )
        yield RowChoice(row.key, one.code, words)
    if row.candidates:
        yield RowChoice(row.key, "new", _NEW)
    for problem in row.problems:
        for text, records in plan.names.items():
            if problem.value is not None and problem.value.strip() == text:
                for code, label in records:
                    words = Text(f"“{text}”是 {label}", f"{text!r} is {label}")
                    yield RowChoice(text, code, words)
        for question in plan.questions:
            if (question.column, question.form) == (problem.column, problem.value):
                for option in question.options:
                    said = option.words
                    words = Text(f"“{question.form}”是 {said.zh}", f"{question.form!r} is {said.en}")
                    if not question.form:
                        words = Text(f"“{question.column}”：{said.zh}", f"{question.column!r}: {said.en}")
                    yield RowChoice(question.asked, option.value, words)
    yield RowChoice(row.key, "leave", _LEAVE)
