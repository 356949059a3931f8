"""Names proposed zones, sums them up, and says why one is not of the size asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage.weights import people
from app.domain.vocabulary import LEVELS
from app.services.zones.plan import PlannedZone
from app.text import Text
from geo.neighbours import compactness, moments_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from app.domain.record import Record
    from app.services.zones.ground import Ground
    from geo.bundling import Bundles, Wish


def free_name(where: str, given: Collection[str]) -> str:
    """Return the first name of a zone of a place that no other has."""
    count = 1
    while f"{where}第{count}片区" in given:
        count += 1
    return f"{where}第{count}片区"


class Describer:
    """Names zones and says why one is not of the size asked for."""

    def __init__(
        self,
        ground: Ground,
        records: Sequence[Record],
        outlines: NDArray[np.object_],
        counts: Sequence[int | None],
        found: Bundles,
        wish: Wish,
    ) -> None:
        self._ground, self._records, self._counts, self._found = ground, records, counts, found
        self._wish = wish
        self._moments = moments_of(outlines)
        self._members: list[list[int]] = [[] for _ in range(int(found.zone.max(initial=-1)) + 1)]
        for place, number in enumerate(found.zone.tolist()):
            self._members[number].append(place)
        self._households = [sum(counts[place] or 0 for place in members) for members in self._members]
        self._beside: list[set[int]] = [set() for _ in self._members]
        for a, b in found.pairs.tolist():
            one, other = int(found.zone[a]), int(found.zone[b])
            if one != other:
                self._beside[one].add(other)
                self._beside[other].add(one)
        self._given = {
            str(zone.on("name", ground.day)) for zone in ground.dataset.in_force("zones", ground.day)
        }

    def zones(self) -> tuple[PlannedZone, ...]:
        """Return the zones by street, then by lowest member."""
        order = sorted(range(len(self._members)), key=lambda number: (self._street(number) or "~", number))
        return tuple(self._zone(number) for number in order)

    def _units(self, number: int, level: str) -> set[str]:
        placed = self._ground.placed
        found = {getattr(placed[self._records[place].code], level) for place in self._members[number]}
        return {str(code) for code in found if code is not None}

    def _street(self, number: int) -> str | None:
        """Return the street that a zone lies in, None where there are several or none."""
        streets = self._units(number, "street")
        return streets.pop() if len(streets) == 1 else None

    def _zone(self, number: int) -> PlannedZone:
        members = self._members[number]
        m = self._moments
        sums = [float(part[members].sum()) for part in (m.area, m.x, m.y, m.second)]
        ground, street = self._ground, self._street(number)
        codes = [self._records[place].code for place in members]
        residents = [people(ground.answers, code, "residents") or 0 for code in codes]
        area = sum(ground.placed[code].area_m2 or 0.0 for code in codes)
        return PlannedZone(
            name=self._name(number, street),
            street=street,
            members=tuple(codes),
            households=self._households[number],
            residents=sum(residents),
            without_households=tuple(
                code for place, code in zip(members, codes, strict=True) if self._counts[place] is None
            ),
            communities=tuple(sorted(self._units(number, "community"))),
            area_m2=area,
            compactness=compactness(*sums),
            why=self._why(number),
        )

    def _name(self, number: int, street: str | None) -> str:
        ground = self._ground
        units = [street] if street else sorted(self._units(number, "district"))[:1]
        where = ground.engine.name_on(units[0], ground.day) if units else ""
        name = free_name(where, self._given)
        self._given.add(name)
        return name

    def _why(self, number: int) -> Text | None:
        wish, has = self._wish, self._households[number]
        if wish.steps(has) == 0:
            return None
        members, request = self._members[number], self._ground.request
        unknown = sum(self._counts[place] is None for place in members)
        more = (
            Text(f"；{unknown} 个没有户数，实际会多些", f"; {unknown} have no count, so it is more in fact")
            if unknown
            else Text("", "")
        )
        most = wish.households * (1 + wish.tolerance)
        if has > most:
            said = _LARGE_ONE if len(members) == 1 else _LARGE_MANY
        elif self._beside[number]:
            said = _SMALL_BETWEEN
        elif len(members) == 1:
            said = _SMALL_ALONE
        else:
            said = _SMALL_TOGETHER
        level = LEVELS[request.within]
        filled = {"reach": f"{request.reach:g}", "most": f"{most:.0f}", "has": has}
        told = said.format(level=level, **filled)
        return Text(told.zh + more.zh, told.en + more.en)


_LARGE_ONE: Final = Text("单个小区就有 {has} 户", "one compound alone has {has: household|households}")
_LARGE_MANY: Final = Text(
    "拆开后的各块离目标更远，或者不再相连", "its parts would be farther off, or would no longer hang together"
)
_SMALL_ALONE: Final = Text(
    "{reach} 米内、同一{level}里没有别的小区", "nothing else lies within {reach} m in the same {level}"
)
_SMALL_TOGETHER: Final = Text(
    "{reach} 米内、同一{level}里相连的小区一共就这些",
    "all that hangs together within {reach} m in the same {level}",
)
_SMALL_BETWEEN: Final = Text(
    "再并入相邻的小区，就有片区离目标更远（上限 {most} 户）",
    "taking more from beside it would put a zone farther off (at most {most: household|households})",
)
