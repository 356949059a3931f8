"""What a field is called: its own words, a fact's, or those of the fields that every kind has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain import vocabulary
from app.domain.kinds import KINDS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.profile.profile import Profile

COMMON: Final[Mapping[str, Text]] = {
    "code": Text("代码", "Code"),
    "valid_from": Text("第一天", "First day"),
    "valid_until": Text("最后一天", "Last day"),
    "source": Text("来源", "Source"),
    "geometry": Text("边界", "Outline"),
    "wkt": Text("边界（WKT 文字）", "Outline (WKT text)"),
    "lon": vocabulary.DERIVED["lon"],
    "lat": vocabulary.DERIVED["lat"],
    "surveyed": Text("调查日", "Day of the survey"),
    "scheme_version": Text("评价办法的版本", "Version of the scheme"),
}


def field_words(kind: str, name: str, profile: Profile | None = None) -> Text:
    """Return the words of a field or fact of a plural kind; a name that is neither stands as it was written."""
    field = KINDS[kind].by_name.get(name) if kind in KINDS else None
    if field is not None:
        return field.words
    fact = None if profile is None else profile.facts.get(name)
    return COMMON.get(name, Text(name, name)) if fact is None else fact.words
