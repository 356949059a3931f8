"""The units that the rows of a table name: what is said together is looked up once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from app.domain.identity.units import LEVELS
from app.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.domain.dataset import Dataset
    from app.domain.identity.units import Tree
    from app.domain.kinds import Field
    from app.exchange.who.referring import Referrer

_ORDER = {name: place for place, name in enumerate(LEVELS)}


class Units(NamedTuple):
    """What rows name, row by row. ``codes``: field → codes; ``chains``: level → code of the units named and those above."""

    codes: list[tuple[str, list[str | None]]]
    chains: list[dict[str, str]]
    bad: NDArray[np.bool_]  # rows that name what nobody has, or units that contradict each other


class _Settled(NamedTuple):
    codes: tuple[str | None, ...]
    chain: dict[str, str]
    is_bad: bool


def units_of(
    said: Sequence[tuple[Field, Sequence[Any]]], count: int, dataset: Dataset, tree: Tree, referrer: Referrer
) -> Units:
    """Return what ``count`` rows refer to. ``said``: fields in the order of their columns, and what each row says there."""
    ordered = sorted(said, key=lambda one: _ORDER.get(one[0].name, len(_ORDER)))
    fields = [own for own, _ in ordered]
    together: list[tuple[Any, ...]] = list(zip(*(cells for _, cells in ordered), strict=True)) or [()] * count
    known = {each: _settled(fields, each, dataset, tree, referrer) for each in dict.fromkeys(together)}
    found = [known[each] for each in together]
    return Units(
        [(own.name, [one.codes[at] for one in found]) for at, own in enumerate(fields)],
        [one.chain for one in found],
        np.fromiter([one.is_bad for one in found], bool, count),
    )


def _settled(
    fields: Sequence[Field], said: Sequence[Any], dataset: Dataset, tree: Tree, referrer: Referrer
) -> _Settled:
    values: dict[str, Any] = {}
    for own, raw in zip(fields, said, strict=True):
        if raw is None:
            continue
        try:
            meant = referrer.refer(own, raw, values)
        except InvalidInput:
            return _Settled((None,) * len(fields), {}, is_bad=True)
        record = None if meant.code is None else dataset.find(meant.code)
        if record is None or record.kind not in own.to:
            return _Settled((None,) * len(fields), {}, is_bad=True)
        values[own.name] = meant.code
    codes = tuple(values.get(own.name) for own in fields)
    return _Settled(codes, tree.chain(values), is_bad=tree.dispute(values) is not None)
