"""Firms that stand in several registries: known by their credit codes, of which no more than a mark leaves a registry."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from app.domain.profile.condition import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from app.coverage.measures import Measure
    from app.domain.dataset import Dataset

_FIRM: Final = "firm"
_ASKS: Final = frozenset((_FIRM, "firm_party"))  # conditions that look at a firm's own record


def firms_of(dataset: Dataset, measure: Measure, day: date) -> dict[str, str]:
    """Return the firms in force that have a credit code, by a mark of it; none where a measure asks nothing of firms."""
    if not _hangs_on_firms(measure):
        return {}
    coded = ((firm.get("credit_code"), firm.code) for firm in dataset.in_force("firms", day))
    return {_mark(str(code)): firm for code, firm in sorted(coded, key=str) if code}


def firms_in_several(registries: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the codes of firms whose credit code a registry before theirs has too."""
    seen: set[str] = set()
    found: list[str] = []
    for firms in registries:
        found += [code for mark, code in firms.items() if mark in seen]
        seen |= firms.keys()
    return tuple(sorted(found))


def _hangs_on_firms(measure: Measure) -> bool:
    spec = measure.spec
    conditions = (one for one in (spec.within, spec.covered) if one is not None)
    return spec.subject == _FIRM or any(term.name in _ASKS for one in conditions for term in terms_of(one))


def _mark(credit_code: str) -> str:
    return hashlib.blake2b(credit_code.strip().upper().encode(), digest_size=8).hexdigest()
