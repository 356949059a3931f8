"""What is to be done next about a subject that is not covered, or of which nobody knows."""

from __future__ import annotations

from typing import Final, NamedTuple

from app.text import Text


class Step(NamedTuple):
    """What is to be done, in words, and the action that does it; "" where no one action does."""

    said: Text
    action: str = ""


_FACTS: Final = "compound.set_three_no"
_VISIT: Final = Step(Text("先上门查清", "find out on a visit"), _FACTS)
_ENTER: Final = Step(Text("说有，补登记", "said yes: enter the record"))
_DRAW: Final = Step(Text("先画边界", "draw its outline first"), "map.reshape")
_DONE: Final = Step(Text("办成后登记为有", "bring it about, then enter yes"), _FACTS)
_PARTY: Final = Step(Text("挂接党组织", "attach a party organisation"), "compound.attach_party")
_FIRM: Final = Step(Text("引进或延伸物业", "engage or extend a firm"), "compound.attach_firm")
_UNCOVERED: Final = {
    "party": _PARTY,
    "functional_branch": _PARTY,
    "grid_branch": Step(Text("建网格党支部", "found a branch of the grid"), "compound.attach_party"),
    "firm_party": Step(Text("在服务企业建党组织", "found one at the serving firm"), "compound.attach_party"),
    "firms_with_party": Step(Text("在企业建党组织", "found one at the firm"), "compound.attach_party"),
    "property": _FIRM,
    "three_no_served": _FIRM,
    "committee": Step(Text("选出业委会", "have a committee elected"), "compound.committee"),
    "platform": Step(Text("继续匹配户", "match more households")),
    "survey": Step(Text("继续入户", "survey more households")),
}
_STATION: Final = Step(Text("近处设站点", "a station nearby"), "map.add_station")


def next_step(measure: str, now: str, reason: str) -> Step:
    """Return what is to be done about a subject that is ``now`` uncovered or unknown, for a measure's id."""
    if reason == "yes_without_record":
        return _ENTER
    if reason == "no_outline":
        return _DRAW
    if measure.startswith("station:"):
        return _STATION
    if now == "unknown" and measure not in ("platform", "survey"):
        return _VISIT
    return _UNCOVERED.get(measure, _DONE)
