"""Yes, no, or not known: a survey is never complete."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Answer(StrEnum):
    """A surveyed fact. It has no truth value: ``if answer:`` is a mistake."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("compare an Answer with `is`, it has no truth value")


def all_of(answers: Iterable[Answer]) -> Answer:
    """AND: NO if any is NO, else UNKNOWN if any is unknown, else YES."""
    seen = list(answers)
    if any(answer is Answer.NO for answer in seen):
        return Answer.NO
    if any(answer is Answer.UNKNOWN for answer in seen):
        return Answer.UNKNOWN
    return Answer.YES


def any_of(answers: Iterable[Answer]) -> Answer:
    """OR: YES if any is YES, else UNKNOWN if any is unknown, else NO."""
    return negated(all_of(negated(answer) for answer in answers))


def negated(answer: Answer) -> Answer:
    """NOT: the mirror image; unknown stays unknown."""
    if answer is Answer.UNKNOWN:
        return answer
    return Answer.NO if answer is Answer.YES else Answer.YES
