"""What two people disagree about, as a sentence: the field, what it was, and what each made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.domain.conflict.disagreement import CODE, DELETED, OUTLINE, REMOVED
from app.domain.field_words import field_words
from app.services.registry.people_words import PeopleWords
from app.text import Text
from geo.crs import zone_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.conflict.disagreement import Disagreement
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile

_NONE: Final = Text("（空）", "(empty)")
_WHOLE: Final = Text("整条记录", "The whole record")
_AREA: Final = Text("{:,.0f} 平方米", "{:,.0f} m²")
_MOVED: Final = Text("，最多移 {:,.0f} 米", ", moved by {:,.0f} m at most")
_POINT: Final = Text("{:.6f}，{:.6f}", "{:.6f}, {:.6f}")
_ERASED: Final = Text("删掉", "taken out")
_STAYS: Final = Text("留着，改过", "kept and changed")
_WAS_THERE: Final = Text("在册", "registered")
_CHANGED: Final = Text(
    "{} 刚被别人改过，没有写入。看过新值再改。",
    "{} was just changed by somebody else; nothing was written. Look at the new value first.",
)
_GONE: Final = Text(
    "{} 刚被别人删掉，没有写入。看清楚再定。",
    "{} was just taken out by somebody else; nothing was written. Look first, then decide.",
)
_TAKEN: Final = Text(
    "代码 {} 刚被别人用了，没有写入。换一个代码，或看是不是同一个。",
    "The code {} was just used by somebody else; nothing was written. Use another, or see whether it is the same.",
)
_SENTENCE: Final = Text("{} 的{}：原来 {}，这里 {}，别人 {}", "{}, {}: it was {}; here {}, theirs {}")


class Sides(NamedTuple):
    """A disagreement in words: which field, and its three values."""

    field: str
    base: str
    mine: str
    theirs: str


def sides_of(found: Disagreement, dataset: Dataset, profile: Profile, lang: str) -> Sides:
    """Return a disagreement in one language."""
    if found.kind == DELETED:
        return Sides(
            _WHOLE.in_(lang),
            _WAS_THERE.in_(lang),
            *((_ERASED if side == REMOVED else _STAYS).in_(lang) for side in (found.mine, found.theirs)),
        )
    if found.kind == CODE:
        theirs = _ERASED.in_(lang) if found.theirs == REMOVED else str(found.theirs)
        return Sides(field_words("", "code").in_(lang), _NONE.in_(lang), str(found.mine), theirs)
    words = field_words(found.record, found.field, profile).in_(lang)
    if found.kind == OUTLINE:
        return Sides(
            words, *(_outline(value, found.base, lang) for value in (found.base, found.mine, found.theirs))
        )
    people = PeopleWords(dataset, profile, lang)

    def said(value: object) -> str:
        if value is None:
            return _NONE.in_(lang)
        if found.record == "facts" and found.field in profile.facts:
            return people.fact(found.field, value)[1]
        return people.field(found.record, found.field, value)

    return Sides(words, said(found.base), said(found.mine), said(found.theirs))


def _outline(shape: BaseGeometry | None, base: BaseGeometry | None, lang: str) -> str:
    if shape is None:
        return _NONE.in_(lang)
    if shape.geom_type == "Point":
        return _POINT.in_(lang).format(*shape.coords[0])
    zone = zone_for(float(shape.centroid.x))
    (mine,) = zone.to_metres(np.array([shape]))
    said = _AREA.in_(lang).format(mine.area)
    if base is None or base == shape or base.geom_type == "Point":
        return said
    (old,) = zone.to_metres(np.array([base]))
    return said + _MOVED.in_(lang).format(mine.boundary.hausdorff_distance(old.boundary))


def sentence_of(found: Disagreement, dataset: Dataset, profile: Profile) -> Text:
    """Return the sentence that a command prints: the record, the field, and its three values."""
    both = []
    for lang in ("zh", "en"):
        sides = sides_of(found, dataset, profile, lang)
        whose = found.name if found.name == found.code else f"{found.name} {found.code}"
        both.append(_SENTENCE.in_(lang).format(whose, sides.field, sides.base, sides.mine, sides.theirs))
    return Text(*both)


def summary_of(found: Sequence[Disagreement]) -> Text:
    """Return what is refused, by the first of several."""
    first = found[0]
    if first.kind == CODE:
        return _TAKEN.format(first.code)
    said = _GONE if first.kind == DELETED and first.theirs == REMOVED else _CHANGED
    return said.format(" ".join(dict.fromkeys(one.code for one in found)))
