"""Which names of a file nothing registered is called like, told of all of them at once.

A name of which this can't be told is one that the matcher has to look at: it alone says who is meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from app.domain.identity.many import counted_forms, wholes_of
from app.domain.identity.nearness import slips
from app.exchange.who.evidence import HOUSE_LETTERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from numpy.typing import NDArray


class Known(NamedTuple):
    """How registered records are called: names, their normal forms; where near ones count, these one letter short, what they are parts of, ends of addresses."""

    names: AbstractSet[str]
    normal: AbstractSet[str]
    slipped: AbstractSet[str] = frozenset()
    wholes: AbstractSet[str] = frozenset()
    addresses: AbstractSet[str] = frozenset()


def perhaps_known(
    known: Known, names: Sequence[str], normal: Sequence[str], addresses: Sequence[Any] | None
) -> NDArray[np.bool_]:
    """Return for each row whether a registered record may be meant by its name or a near one, or by its address."""
    count = len(names)
    found = np.zeros(count, bool)
    _mark(found, names, known.names)
    _mark(found, normal, known.normal)
    if known.slipped:
        apart = known.slipped.isdisjoint
        found |= np.fromiter([not apart(slips(name)) for name in normal], bool, count)
    if known.wholes:
        _mark(found, wholes_of(normal), known.wholes)
    if addresses is not None and known.addresses:
        forms = counted_forms([str(address or "") for address in addresses])
        _mark(found, [form[-HOUSE_LETTERS:] for form in forms], known.addresses)
    return found


def _mark(found: NDArray[np.bool_], forms: Sequence[str], known: AbstractSet[str]) -> None:
    if not known or known.isdisjoint(forms):
        return
    found |= np.fromiter([form in known for form in forms], bool, len(forms))
