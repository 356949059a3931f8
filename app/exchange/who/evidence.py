"""What speaks for a registered record being the one that a row means, in words, and how far the two lie apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.domain.identity.nearness import Near
from app.domain.identity.spelling import counted
from app.domain.identity.units import lowest_shared
from app.domain.kinds import KINDS, FieldType
from app.domain.vocabulary import PLACES
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.identity.nearness import Nearness
    from app.domain.record import Record, Value

_NAME: Final = {
    Near.EQUAL: Text("名称相同", "the same name"),
    Near.SLIP: Text("名称差一个字", "names one letter apart"),
    Near.SHORT: Text("简称相同", "the same short name"),
    Near.PART: Text("名称只差期数或分区", "names that differ in a numbered part alone"),
}
_UNIT: Final = {level: Text(f"同一{words.zh}", f"in the same {words.en}") for level, words in PLACES.items()}
SAME_ADDRESS: Final = Text("地址相同", "the same address")
OTHER_ADDRESS: Final = Text("地址不同", "another address")
OTHER_CODE: Final = Text("代码不同", "another code")
HOUSE_LETTERS: Final = 5  # the shortest street and number: 柳溪路1号
SAME_OUTLINE: Final = Text("边界相同", "the same outline")


class Candidate(NamedTuple):
    """A registered record that a row may mean. ``distance``: 0 by all that is known the same, to 1 nothing in common."""

    code: str
    name: str
    evidence: Text
    distance: float

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the candidate as the contract prints it."""
        return {
            "code": self.code,
            "name": self.name,
            "evidence": self.evidence.in_(lang),
            "distance": self.distance,
        }


def candidate(
    record: Record,
    values: Mapping[str, Value],
    chains: tuple[Mapping[str, str], Mapping[str, str]],
    *,
    name: Nearness | None = None,
    share: float | None = None,
    metres: float | None = None,
    more: Sequence[Text] = (),
) -> Candidate:
    """Return a record as a candidate, with everything that speaks for it. ``chains``: the row's and the record's units.

    ``share``: of the smaller of the two outlines that lies in the other; ``metres``: between them.
    """
    said = list(more)
    distances = []
    if name is not None and name.near in _NAME:
        said.insert(0, _NAME[name.near])
        distances.append(name.distance)
    if share is not None:
        percent = round(share * 100)
        said.append(Text(f"边界有 {percent}% 重合", f"{percent}% of the outline in common"))
        distances.append(1 - share)
    if metres is not None:
        said.append(Text(f"相距 {metres:.0f} 米", f"{metres:.0f} m apart"))
    level = lowest_shared(*chains)
    if level is not None:
        said.append(_UNIT[level])
    said += [
        Text(f"{field.words.zh}相同", f"the same {field.words.en.lower()}")
        for field in KINDS[record.kind].fields
        if field.type in (FieldType.COUNT, FieldType.YEAR)
        and values.get(field.name)
        and record.get(field.name) == values.get(field.name)
    ]
    if same_address(record, values):
        said.append(SAME_ADDRESS)
    if not distances and SAME_ADDRESS in said:
        distances.append(0.5)
    return Candidate(
        record.code,
        record.text("name") if "name" in KINDS[record.kind].index else "",
        Text("，".join(text.zh for text in said), ", ".join(text.en for text in said)),
        round(min(distances, default=1.0), 4),
    )


def same_address(record: Record, values: Mapping[str, Value]) -> bool:
    """Whether a row and a record write the same house: one address ends like the other, and it has a number."""
    if "address" not in KINDS[record.kind].index:
        return False
    one, other = address_form(values.get("address")), address_form(record.get("address"))
    return bool(one and other) and (one.endswith(other) or other.endswith(one))


def other_address(record: Record, values: Mapping[str, Value]) -> bool:
    """Whether a row and a record write addresses of which neither is a part of the other."""
    if "address" not in KINDS[record.kind].index:
        return False
    one, other = counted(str(values.get("address") or "")), counted(record.text("address"))
    return bool(one and other) and one not in other and other not in one


def address_form(address: object) -> str:
    """Return an address as it is compared; "" for one without a house number, which many places share."""
    form = counted(str(address or ""))
    return form if any(sign.isdigit() for sign in form) and len(form) >= HOUSE_LETTERS else ""


def share_of(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return the share of the smaller of two valid outlines that lies in the other; 0 where either has no area."""
    smaller = min(one.area, other.area)
    return float(one.intersection(other).area / smaller) if smaller else 0.0
