"""Sentences of refusals that need more than a value: what a broken outline does, and what a missing field may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import shapely

from app.text import Text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from app.domain.kinds import Field
    from app.domain.profile.profile import Profile

_BROKEN: Final = {  # as the library begins, and what it means
    "Self-intersection": Text("自相交", "crosses itself"),
    "Ring Self-intersection": Text("一圈边线碰到自己", "touches itself"),
    "Hole lies outside shell": Text("里面的洞落在外面", "has a hole outside it"),
    "Nested holes": Text("洞里套着洞", "has a hole within a hole"),
    "Nested shells": Text("一块套在另一块里", "has a part within another"),
    "Interior is disconnected": Text("里面不连通", "is parted by its holes"),
    "Duplicate Rings": Text("同一圈边线画了两次", "has one ring twice"),
}
_WHERE: Final = re.compile(r"\[([-\d.e+]+) ([-\d.e+]+)")


def why_broken(shape: BaseGeometry) -> Text:
    """Return what is wrong with an outline that is not valid, where it is wrong, and what to do."""
    reason = shapely.is_valid_reason(shape)
    what = _BROKEN.get(reason.partition("[")[0].strip(), Text("边线不成一圈", "is no closed ring"))
    at = _WHERE.search(reason)
    place = Text("", "") if at is None else Text(f"在 {at[1]}, {at[2]} 处", f" at {at[1]}, {at[2]}")
    return Text(f"轮廓{place.zh}{what.zh}。改好再来。", f"The outline {what.en}{place.en}. Correct it first.")


def missing_text(field: Field, profile: Profile) -> Text:
    """Return that a required field is missing, with the words of its choices where it has any."""
    choices = profile.choices[field.choices].values() if field.choices else ()
    zh, en = "、".join(one.zh for one in choices), ", ".join(one.en for one in choices)
    more = Text(f"可以写：{zh}。", f" It may be: {en}.") if zh else Text("", "")
    return Text(f"缺“{field.words.zh}”。{more.zh}", f"{field.words.en} is missing.{more.en}")
