"""What a server may refuse, apart from the library that talks to it: whoever only asks what an error is loads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.errors import InvalidInput, Problem, StorageFault
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.record import Record


class Unreachable(StorageFault):
    """The server did not answer, or not to the end: whether a write was done is not known."""


class NotStaff(InvalidInput):
    """The server knows the login and shows it nothing."""


class NotYours(InvalidInput):
    """What was to be written is not this login's. ``codes``: of the records, where several were to be written at once."""

    def __init__(self, message: Text, problems: tuple[Problem, ...], codes: frozenset[str]) -> None:
        super().__init__(message, problems)
        self.codes = codes


def not_yours(records: Sequence[Record] = ()) -> NotYours:
    """Return the refusal to write what belongs to other streets or grids, or to the district. ``records``: which, of several."""
    message = Text(
        "这不归您的登录名管，没有写入。归哪个街道、网格，由管理共享台账的人登记。",
        "This is not your login's to change; nothing was written. Whoever keeps the shared registry says which "
        "streets and grids are yours.",
    )
    problems = tuple(
        Problem(message=NOT_IN_REACH, code=record.code, value=_name(record))
        for record in records
        if KINDS[record.kind].coded
    )
    return NotYours(message, problems, frozenset(record.code for record in records))


def _name(record: Record) -> str:
    return record.text("name") if KINDS[record.kind].has_name else ""


NOT_IN_REACH = Text(
    "不在您的街道、网格里，或者看不出在哪里：要有轮廓，或写明网格。",
    "It does not lie in your streets or grids, or nothing says where it lies: give an outline or its grid.",
)
