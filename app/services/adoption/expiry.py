"""One thing that runs out: how bad its consequences are, in words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS, OFFERED_KINDS
from app.domain.vocabulary import TURNS, TURNS_THREE_NO
from app.services.adoption.expiry_effects import THREE_NO, Effect
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.profile.profile import Profile

OWNERS: Final = tuple(  # who is at work for a time: what has a name and no ground of its own
    kind.name for kind in OFFERED_KINDS.values() if kind.has_name and not kind.is_layer
)
SORT_WORDS: Final[dict[str, Text]] = {
    "engagements": Text("物业服务", "service"),
    "subsidies": Text("补贴", "subsidy"),
    "facts": Text("事实到期", "fact with a last day"),
    "surveys": Text("调查过期", "survey out of date"),
    "assessments": Text("评分过期", "assessment out of date"),
    "attachments": Text("党组织挂接", "attachment"),
    "links": Text("关系", "relation"),
    **{name: KINDS[name].words for name in OWNERS},
}
_BECOMES_THREE_NO, _UNSERVED, _UNDECIDED, _UNCOVERED, PAY_ENDS, OUT_OF_DATE, _NOTHING = range(7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """One thing that runs out. ``code``: the record; ``subject``: whom it concerns; ``parts``: facts surveyed.

    ``rank``: 0 becomes three-no · 1 loses its service · 2 three-no can't be decided any more · 3 another measure
    loses it · 4 a subsidy ends · 5 out of date · 6 nothing follows, or something takes over.
    """

    sort: str
    code: str
    subject: str
    name: str
    words: Text
    last: date
    days: int
    effects: tuple[Effect, ...]
    rank: int
    parts: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()  # what stands on the map for it
    yuan: float | None = None

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return one thing that runs out as the verb prints it."""
        return {
            "sort": self.sort,
            "code": self.code,
            "subject": self.subject,
            "name": self.name,
            "what": self.words.in_(lang),
            "last": self.last.isoformat(),
            "days": self.days,
            "rank": self.rank,
            "effects": [
                {"subject": e.subject, "what": e.what, "before": e.before, "after": e.after}
                for e in self.effects
            ],
            "subsidy_yuan": self.yuan,
            "codes": list(self.parts),
        }


def rank_of(effects: Sequence[Effect]) -> int:
    """Return how bad the consequences are: 0 is the worst."""
    worst = _NOTHING
    for effect in effects:
        if effect.what == THREE_NO:
            rank = {"yes": _BECOMES_THREE_NO, "unknown": _UNDECIDED}.get(effect.after, _NOTHING)
        elif effect.before == "covered":
            rank = _UNSERVED if effect.what == "property" else _UNCOVERED
        else:
            rank = _NOTHING
        worst = min(worst, rank)
    return worst


_TAKEN_OVER: Final = Text("没有变化", "nothing changes")


def consequence(expiry: Expiry, profile: Profile, most: int = 99) -> Text:
    """Return in words what follows: three-no first, then what is lost; how many where it concerns several.

    ``most``: so many parts are named, the rest is counted.
    """
    if expiry.rank == PAY_ENDS:
        return Text("补贴到期，要自立", "the subsidy ends; it must stand alone")
    if expiry.rank == OUT_OF_DATE:
        return Text("过期，要再查一次", "out of date; survey again")
    said: dict[Text, int] = {}
    for effect in sorted(expiry.effects, key=lambda e: (rank_of([e]), e.what)):
        if effect.what == THREE_NO:
            words = TURNS_THREE_NO[effect.after]
        else:
            spec = profile.measures.get(effect.what)
            name = Text(effect.what, effect.what) if spec is None else spec.words
            turns = TURNS[effect.after]
            words = Text(turns.zh.format(name.zh), turns.en.format(name.en))
        said[words] = said.get(words, 0) + 1
    if not said:
        return _TAKEN_OVER
    many = [Text(f"{w.zh}×{n}", f"{w.en} ×{n}") if n > 1 else w for w, n in said.items()]
    rest = len(many) - most
    more = Text(f" 等 {len(many)} 项", f" and {rest} more") if rest > 0 else Text("", "")
    return Text(
        "，".join(w.zh for w in many[:most]) + more.zh, ", ".join(w.en for w in many[:most]) + more.en
    )
