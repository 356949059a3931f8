"""What comes of a cell: a value, perhaps with a word on how it was read, nothing known, or a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.record import Value

LEAVE: Final = "leave"  # the answer that lets a cell go
CARRY: Final = "carry"  # the answer that fills an empty cell with what stands above it


class Meaning(NamedTuple):
    """What a cell says. ``value`` None writes nothing; ``said``: what the reading passed over, for the plan's notes."""

    value: Value = None
    said: Text | None = None


class Option(NamedTuple):
    """One thing that an unclear cell may mean. ``value``: as ``--answer`` takes it; ``words``: as people read it."""

    value: str
    words: Text


@dataclass(eq=False)
class Unclear(InvalidInput):
    """A cell that can mean several things, or nothing that is sure: its writer, or the user, has to say."""

    options: tuple[Option, ...] = ()


NOTHING_KNOWN: Final = Meaning(None, Text("没有写明，不登记", "nothing known, nothing is written"))
CLEAR_WORDS: Final = frozenset(
    {"清空", "（清空）", "(清空)", "【清空】", "[清空]", "「清空」", "<清空>", "clear", "[clear]", "(clear)"}
)
CLEARED: Final = Meaning(
    None, Text("写着“清空”，清掉登记的值", "it says clear; what is registered is cleared")
)
_LEFT: Final = Option(LEAVE, Text("不写", "nothing"))


def unclear(why: Text, values: Iterable[tuple[str, Text] | str] = ()) -> Unclear:
    """Return the question that a cell raises; letting it go is always among the answers."""
    options = [Option(v, Text(v, v)) if isinstance(v, str) else Option(*v) for v in values]
    return Unclear(why, options=(*options, _LEFT))
