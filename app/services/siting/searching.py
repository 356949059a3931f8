"""From who reaches whom to the places that are best, by model: what is chosen, in which order, and how well it is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.coverage.siting.fewest import fewest_places
from app.coverage.siting.gains import Table, best_places, in_order
from app.coverage.siting.limited import Demand, best_limited, cost_of
from app.errors import InvalidInput, Problem
from app.services.siting.request import COVER, MEDIAN, SET
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from app.services.siting.ground import Ground
    from app.services.siting.request import SiteRequest
    from app.services.siting.ways import Near
    from geo.disc_pieces import Pieces

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Found(NamedTuple):
    """``chosen`` candidates in the order in which they are added.

    ``bound``: of cover, the households that no choice gains more than; of set, the number of stations that no choice
    does with fewer than; of median, the mean metres that no choice goes below. ``is_proven``: it is reached.
    ``served``: with a capacity, the households that the first, the first two … new stations serve. ``metres``: of
    median, the mean way after.
    """

    chosen: tuple[int, ...]
    bound: float
    is_proven: bool
    served: tuple[float, ...] | None = None
    metres: float | None = None


class Groups(NamedTuple):
    """Pieces that the same candidates reach, as one: ``weight`` (n,) households, ``sets`` (n,) of candidates."""

    weight: Floats
    sets: tuple[tuple[int, ...], ...]

    def table(self, columns: int) -> Table:
        """Return what each gains by each candidate."""
        row, column = self.entries()
        return Table(row, column, self.weight[row], len(self.weight), columns)

    def entries(self) -> tuple[Ints, Ints]:
        """Return the pairs (group, candidate)."""
        row = np.repeat(np.arange(len(self.sets)), [len(one) for one in self.sets])
        return row, np.array([place for one in self.sets for place in one], dtype=np.int64)


def groups_of(pieces: Pieces, ground: Ground) -> Groups:
    """Return the pieces that can be reached and weigh something, merged."""
    weight = (pieces.share * ground.weights[pieces.subject]).tolist()
    places, starts = pieces.candidates.tolist(), pieces.starts.tolist()
    found: dict[tuple[int, ...], float] = {}
    for piece, amount in enumerate(weight):
        mine = tuple(places[starts[piece] : starts[piece + 1]])
        if mine and amount > 0:
            found[mine] = found.get(mine, 0.0) + amount
    return Groups(np.array(list(found.values()), dtype=np.float64), tuple(found))


def search(
    pieces: Pieces | None,
    near: Near | None,
    ground: Ground,
    request: SiteRequest,
    count: int,
    stop: Callable[[], bool],
) -> Found:
    """Return the best places among ``count`` candidates; raise InvalidInput where the request can't be met."""
    seconds = request.budget_ms / 1000
    if near is not None:
        return _median(near, ground, request, count, seconds, stop)
    assert pieces is not None  # noqa: S101  # narrows the type
    groups = groups_of(pieces, ground)
    if request.model == COVER and request.capacity is None:
        choice = best_places(groups.table(count), request.count, seconds, stop)
        return Found(in_order(groups.table(count), choice.chosen), choice.bound, choice.is_proven)
    if request.model == SET and request.capacity is None:
        cover = fewest_places(groups.table(count), seconds, stop)
        _must_do(request, len(cover.chosen), cover.bound)
        return Found(in_order(groups.table(count), cover.chosen), cover.bound, cover.is_proven)
    return _limited(groups, request, count, seconds, stop)


def _limited(
    groups: Groups, request: SiteRequest, count: int, seconds: float, stop: Callable[[], bool]
) -> Found:
    """Return the best places of which each serves only so many; all that can be reached must be, or as many as may be."""
    is_set, capacity = request.model == SET, float(request.capacity or 0)
    loose = _loose(groups, count)
    everything = float(groups.weight.sum())
    if is_set:
        demand = loose._replace(otherwise=np.full(len(groups.weight), np.inf))
        found = best_limited(demand, capacity, None, seconds, stop, price=1.0)
        if found.chosen is None:
            raise _refused_capacity(request, found.bound == np.inf)
        _must_do(request, len(found.chosen), int(np.ceil(found.bound - 1e-6)))
        bound = float(np.ceil(found.bound - 1e-6))
        is_proven = bound >= len(found.chosen)
    else:
        found = best_limited(loose, capacity, request.count, seconds, stop)
        chosen = found.chosen or ()
        bound, is_proven = everything - found.bound, found.is_proven
        found = found._replace(chosen=chosen)
    order = in_order(groups.table(count), found.chosen or ())
    return Found(order, bound, is_proven, _served(groups, capacity, count, order))


def served_by(
    pieces: Pieces, ground: Ground, request: SiteRequest, count: int, chosen: tuple[int, ...]
) -> tuple[float, ...] | None:
    """Return the households that the first, the first two … of some places serve; None where no capacity is asked."""
    if request.capacity is None or request.model == MEDIAN:
        return None
    return _served(groups_of(pieces, ground), float(request.capacity), count, chosen)


def _served(groups: Groups, capacity: float, count: int, chosen: tuple[int, ...]) -> tuple[float, ...]:
    demand, everything = _loose(groups, count), float(groups.weight.sum())
    return tuple(everything - cost_of(demand, capacity, chosen[: at + 1]) for at in range(len(chosen)))


def _loose(groups: Groups, count: int) -> Demand:
    """Return the demand of groups of which nobody must be served: each that is not costs 1."""
    row, column = groups.entries()
    return Demand(groups.weight, row, column, np.zeros(len(row)), count, np.ones(len(groups.weight)))


def _median(
    near: Near, ground: Ground, request: SiteRequest, count: int, seconds: float, stop: Callable[[], bool]
) -> Found:
    """Return the places from which the way to the nearest station is shortest, all households together."""
    weigh = ground.weights[near.subject] > 0
    subject, place, metres = near.subject[weigh], near.place[weigh], near.metres[weigh]
    rows, row = np.unique(subject, return_inverse=True)
    weight = ground.weights[rows]
    farthest = float(metres.max(initial=0.0))
    nearest = np.full(len(rows), np.inf)
    old = place >= count
    np.minimum.at(nearest, row[old], metres[old])
    if request.capacity is not None:
        return _median_limited(
            weight, row[~old], place[~old], metres[~old], nearest, request, count, seconds, stop
        )
    base = np.where(np.isfinite(nearest), nearest, farthest)
    value = weight[row] * (base[row] - metres)
    kept = ~old & (value > 0)
    table = Table(row[kept], place[kept], value[kept], len(rows), count)
    choice = best_places(table, request.count, seconds, stop)
    whole, everybody = float(weight @ base), max(float(weight.sum()), 1.0)
    return Found(
        in_order(table, choice.chosen),
        (whole - choice.bound) / everybody,
        choice.is_proven,
        metres=(whole - choice.value) / everybody,
    )


def _median_limited(
    weight: Floats,
    row: Ints,
    place: Ints,
    metres: Floats,
    nearest: Floats,
    request: SiteRequest,
    count: int,
    seconds: float,
    stop: Callable[[], bool],
) -> Found:
    """Return the same where a new station serves only so many; those that are there serve whoever comes."""
    useful = metres < nearest[row]
    row, place, metres = row[useful], place[useful], metres[useful]
    demand = Demand(weight, row, place, metres, count, nearest)
    capacity = float(request.capacity or 0)
    found = best_limited(demand, capacity, request.count, seconds, stop)
    if found.chosen is None:
        raise _refused_capacity(request, found.bound == np.inf)
    base = np.where(np.isfinite(nearest), nearest, float(metres.max(initial=0.0)))
    table = Table(row, place, weight[row] * (base[row] - metres), len(weight), count)
    everybody = max(float(weight.sum()), 1.0)
    return Found(
        in_order(table, found.chosen), found.bound / everybody, found.is_proven, metres=found.cost / everybody
    )


def _must_do(request: SiteRequest, needed: int, least: int) -> None:
    """Raise InvalidInput where covering everything takes more stations than were asked for."""
    if needed <= request.count:
        return
    message = (
        Text(
            f"要 {needed} 个站才能把够得着的都覆盖，--count 写了 {request.count}。写 --count {needed}，或用 --model cover。",
            f"It takes {needed} stations to cover all that can be reached, and --count is {request.count}. "
            f"Give --count {needed}, or --model cover.",
        )
        if needed == least
        else Text(
            f"找到的办法要 {needed} 个站（至少 {least} 个），--count 写了 {request.count}。写 --count {needed}，或把 --budget-ms 加大。",
            f"The best that was found takes {needed} stations (at least {least}), and --count is {request.count}. "
            f"Give --count {needed}, or a larger --budget-ms.",
        )
    )
    raise InvalidInput(message, (Problem(message=message, column="count", value=str(request.count)),))


def _refused_capacity(request: SiteRequest, is_proven: bool) -> InvalidInput:
    column = "capacity" if is_proven else "budget-ms"
    message = (
        Text(
            f"每站 {request.capacity} 户时，这些候选点装不下要服务的户。加大 --capacity 或 --count，或用 --model cover。",
            f"With {request.capacity} households a station these candidates can't serve all that are to be served. "
            "Give a larger --capacity or --count, or --model cover.",
        )
        if is_proven
        else Text(
            f"{request.budget_ms} 毫秒里没有找到办法。把 --budget-ms 加大。",
            f"Nothing was found in {request.budget_ms} ms. Give a larger --budget-ms.",
        )
    )
    return InvalidInput(message, (Problem(message=message, column=column),))
