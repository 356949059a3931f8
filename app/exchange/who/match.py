"""What a row says by which its record is recognised, and what recognised it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.vocabulary import PLACES
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record, Value
    from app.exchange.who.evidence import Candidate

BY_CODE: Final = Text("编码", "code")
BY_CREDIT_CODE: Final = Text("信用代码", "credit code")
BY_OUTLINE: Final = Text("名称 + 边界", "name and outline")
BY_OUTLINE_ALONE: Final = Text("边界", "outline")
BY_NAME: Final = Text("名称", "name")
BY_NAME_AND_UNIT: Final = {
    level: Text(f"{BY_NAME.zh} + {words.zh}", f"{BY_NAME.en} and {words.en}")
    for level, words in PLACES.items()
}
BY_NAME_AND_ADDRESS: Final = Text("名称 + 地址", "name and address")
BY_CONTENT: Final = Text("内容", "content")
BY_ANSWER: Final = Text("你的回答", "your answer")


class Wanted(NamedTuple):
    """What a row says of itself, as far as it helps to recognise it."""

    values: Mapping[str, Value]
    valid_from: date | None
    outline: BaseGeometry | None
    print_of: bytes | None  # of the outline, see prints_of
    chain: Mapping[str, str]  # level → code of the units that it names

    @property
    def name(self) -> str:
        """What the row calls itself."""
        return str(self.values.get("name") or "")


class Match(NamedTuple):
    """A registered record that a row is about, and how it was recognised; or what it may be, for somebody to say."""

    record: Record | None = None
    because: Text | None = None
    candidates: tuple[Candidate, ...] = ()
    is_several: bool = False


NO_MATCH: Final = Match()
