"""The words above a province's table: which question its figures answer, and whether that is the one asked now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage.measures import measure_words
from app.domain.weights import WEIGHTS
from app.text import Text
from ui import words
from ui.models import coverage_words as said

if TYPE_CHECKING:
    from app.services.rollup.whole import RolledUp
    from ui.province.state import ProvinceState

_BY: Final = Text("按{0}", "by {0}")
_AS_OF: Final = Text("截至 {0}", "as of {0}")
_AGAINST: Final = Text("对比 {0}", "against {0}")
_OLD: Final = Text("原来的数字：{0}", "Figures from before: {0}")
_SO_FAR: Final = Text("先读完的 {0}/{1} 本之和：{2}", "Sum of the first {0} of {1: registry|registries}: {2}")


def heading_of(state: ProvinceState, lang: str) -> str:
    """Return what the figures at hand are of; "" where there are none."""
    whole = state.whole
    if whole is None:
        return ""
    told = _question(whole, lang)
    if state.is_partly:
        told = _SO_FAR.format(len(whole.registries), len(state.sources), told).in_(lang)
    return _OLD.in_(lang).format(told) if state.is_old else told


def _question(whole: RolledUp, lang: str) -> str:
    coverage, profile = whole.coverage, whole.profile
    query = coverage.query
    parts = [
        measure_words(profile, query.measure).in_(lang),
        _BY.in_(lang).format(words.LEVELS[query.by].in_(lang)),
        WEIGHTS[coverage.weight].words.in_(lang),
    ]
    if query.count != "whole":
        parts.append(words.COUNTS[query.count].in_(lang))
    if query.kind is not None:
        parts.append(dict(said.kind_choices(profile))[query.kind].in_(lang))
    parts.append(_AS_OF.in_(lang).format(query.as_of.isoformat()))
    if query.against is not None:
        parts.append(_AGAINST.in_(lang).format(query.against.isoformat()))
    return " · ".join(parts)
