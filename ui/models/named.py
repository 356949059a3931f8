"""What declarations and records are called, as panels and dialogs say it: values only, no Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, OFFERED_KINDS
from app.text import Text
from ui import words

if TYPE_CHECKING:
    from app.domain.profile.declared import Relation
    from app.domain.profile.profile import Profile
    from app.domain.rating import Rating
    from app.domain.record import Record


REMOVABLE: Final = (
    tuple(  # taken out and renamed one by one in the window: what has a name, and no official code
        kind.name for kind in OFFERED_KINDS.values() if kind.has_name and not kind.digits
    )
)
ATTACHABLE: Final = KINDS["attachments"].by_name["to"].to  # what a party organisation may be attached to
SERVED: Final = KINDS["engagements"].by_name["compound"].to  # what a firm may be engaged for
KIND_ICONS: Final = {  # what stands before a record in a list; what has none is a place in the tree
    "compounds": "buildings",
    "stations": "map-pin",
    "organisations": "flag",
    "firms": "briefcase",
}
PLAIN_ICON: Final = "tree-structure"
_UNITS: Final = {
    "元": Text("元", "yuan"),
    "人": Text("人", "people"),
    "户": Text("户", "households"),
    "小时": Text("小时", "hours"),
    "台": Text("台", "vehicles"),
    "件": Text("件", "cases"),
    "幢": Text("幢", "buildings"),
    "平方米": Text("平方米", "m²"),
}


def display_name(record: Record, lang: str) -> str:
    """Return the record's name, or the word for a record without one."""
    name = str(record.get("name") or "") if "name" in KINDS[record.kind].index else ""
    return name or words.UNNAMED.in_(lang)


def unit_words(unit: str, lang: str) -> str:
    """Return a fact's unit in the user's language, as the profile writes it where it is none of the usual ones."""
    return _UNITS[unit].in_(lang) if unit in _UNITS else unit


def own_kind(record: Record) -> str:
    """Return the record's own kind (of compound, station), "" where it has none."""
    return (record.text("kind") or "unknown") if "kind" in KINDS[record.kind].index else ""


def stars_words(rating: Rating) -> Text:
    """Return stars as people read them: ★★★★☆, or "3–4 stars" while something is missing; "" without bands."""
    low, high = rating.stars_low, rating.stars_high
    if low is None or high is None:
        return Text("", "")
    if low == high:
        drawn = "★" * low + "☆" * max(0, 5 - low)
        return Text(f"{drawn} {low} 星", f"{drawn} {low}")
    return Text(f"{low}–{high} 星", f"{low}–{high} stars")


def score_words(rating: Rating) -> Text:
    """Return points, and the range of the share while something is missing."""
    points = f"{rating.points:g} / {rating.full:g}"
    if not rating.missing:
        return Text(f"{points} 分（{rating.low:.1%}）", f"{points} points ({rating.low:.1%})")
    share = f"{rating.low:.1%}–{rating.high:.1%}"
    count = len(rating.missing)
    return Text(
        f"{points} 分 · 可能 {share} · {count} 项未评",
        f"{points} points · {share} possible · {count} not assessed",
    )


def role_words(profile: Profile, relation: str, role: str) -> Text:
    """Return a post in the words of its relation's choices."""
    spec = profile.relations.get(relation)
    choices = profile.choices.get(spec.roles, {}) if spec is not None else {}
    return choices.get(role, Text(role, role))


def relations_for(profile: Profile, kind: str, *, many: bool) -> list[tuple[Relation, bool]]:
    """Return (relation, whether the selected are its far end) that records of a kind may have."""
    found = [(relation, True) for relation in profile.relations.values() if kind in relation.to]
    if not many:
        found += [(relation, False) for relation in profile.relations.values() if kind in relation.of]
    return found
