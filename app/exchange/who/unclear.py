"""What is said of a name that nobody has, or that several have: who is nearest, and how to say which is meant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS, UNIT_KINDS
from app.errors import InvalidInput, Problem
from app.exchange.personal import personal_in
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.kinds import Field
    from app.domain.record import Record

_SHOWN = 5


def label_of(record: Record) -> str:
    """Return a record's code and name as templates write a reference; the code alone where it has none to show."""
    name = " ".join(record.text("name").split()) if "name" in KINDS[record.kind].index else ""
    return f"{record.code} {name}" if name and personal_in(name) is None else record.code


def unclear(field: Field, text: str, several: Sequence[Record], nearest: Sequence[Record]) -> InvalidInput:
    """Return the refusal of a reference by name, with the candidates that there are."""
    words = KINDS[field.to[0]].words
    if several:
        shown = _shown(several)
        count = len(several)
        said = Text(
            f"叫“{text}”的{words.zh}有 {count} 个：{shown.zh}。",
            f"{count} {words.en.lower()} may be called {text!r}: {shown.en}.",
        )
    elif nearest:
        shown = _shown(nearest)
        said = Text(
            f"没有叫“{text}”的{words.zh}。最近的是 {shown.zh}。",
            f"None of the {words.en.lower()} is called {text!r}. Nearest: {shown.en}.",
        )
    else:
        said = Text(
            f"没有叫“{text}”的{words.zh}。先登记它，或写代码。",
            f"None of the {words.en.lower()} is called {text!r}. Register it first, or write a code.",
        )
    makes = not several and field.to[0] in UNIT_KINDS
    if not (several or nearest):
        more = Text("或用 --parents 一并新建。", " Or make it with --parents.") if makes else Text("", "")
        message = Text(f"{said.zh}{more.zh}", f"{said.en}{more.en}")
        return InvalidInput(message, (Problem(message=message, plain=said),)) if makes else InvalidInput(said)
    code = (several or nearest)[0].code
    message = Text(
        f"{said.zh}用 --answer '{text}={code}' 写明是哪一个，或在表里写代码{'，是新的就用 --parents 一并新建' if makes else ''}。",
        f"{said.en} Say which with --answer '{text}={code}', or write its code in the table{', or make it with --parents' if makes else ''}.",
    )
    plain = Text(
        f"{said.zh}在表里写代码或全名。", f"{said.en} Write its code or its whole name in the table."
    )
    return InvalidInput(message, (Problem(message=message, plain=plain),))


def once_a_name(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return problems with one for each name that rows refer to and nobody has: the first row's, with the others counted."""
    rows: dict[tuple[object, ...], list[Problem]] = {}
    for place, problem in enumerate(problems):
        asked = problem.plain is not None and f"'{problem.value}=" in problem.message.zh
        key: tuple[object, ...] = (problem.message, problem.column) if asked else (place,)
        rows.setdefault(key, []).append(problem)
    return tuple(_counted(same) for same in rows.values())


def _counted(same: Sequence[Problem]) -> Problem:
    first, more = same[0], same[1:]
    if not more:
        return first
    numbers = [str(problem.row) for problem in more[:_SHOWN]]
    tail = "…" if len(more) > _SHOWN else ""
    said = Text(
        f"还有 {len(more)} 行这样写：{'、'.join(numbers)}{tail}。",
        f"So do {len(more)} more rows: {', '.join(numbers)}{tail}.",
    )
    plain = first.said
    return replace(
        first,
        message=Text(f"{first.message.zh}{said.zh}", f"{first.message.en} {said.en}"),
        plain=Text(f"{plain.zh}{said.zh}", f"{plain.en} {said.en}"),
    )


def _shown(records: Sequence[Record]) -> Text:
    labels = [label_of(record) for record in records[:_SHOWN]]
    more = "…" if len(records) > _SHOWN else ""
    return Text("、".join(labels) + more, ", ".join(labels) + more)
