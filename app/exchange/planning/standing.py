"""What a row says of a registered record that the registry says already: a unit that it works out, a point in its outline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.identity.units import LEVELS
from app.exchange.headings import normalised
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.domain.identity.units import Tree
    from app.domain.record import Record, Value
    from app.exchange.mapping.columns import Columns
    from app.exchange.planning.row_reader import Draft

    Placed = Callable[[], Mapping[str, Mapping[str, str | None]]]

_SHOWN: Final = 5
_EVERY_LEVEL: Final = (("district", "区"), ("street", "街道"), ("community", "社区"), ("grid", "网格"))


class Standing:
    """Knows what stands in the registry without being recorded.

    ``placed``: code → level → the unit that the registry finds a record in on the day of the import, by its outline.
    ``is_whole``: the file gives every level, as our own exports do: what it gives then is where a record lies.
    """

    def __init__(self, tree: Tree, placed: Placed | None, *, is_whole: bool = False) -> None:
        self._tree, self._placed, self._is_whole = tree, placed, is_whole
        self._where: Mapping[str, Mapping[str, str | None]] | None = None
        self._derived = 0
        self._points: list[int] = []
        self._outside: list[int] = []

    def derives(self, record: Record, name: str, value: Value) -> bool:
        """Whether a unit that a row names is the one that the registry works out where none is recorded: nothing to write."""
        if name not in LEVELS or (record.get(name) is not None and not self._is_whole):
            return False
        found = None if self._is_whole else self._tree.of_record(record).get(name)
        if found is None and self._placed is not None:
            if self._where is None:
                self._where = self._placed()
            found = self._where.get(record.code, {}).get(name)
        is_same = found is not None and found == value
        self._derived += is_same
        return is_same

    def is_only_a_point(self, record: Record, draft: Draft) -> bool:
        """Whether a row gives a point for what has an outline: the outline stays, inside it or not."""
        before, after = record.geometry, draft.outline
        if before is None or after is None or not before.area or after.geom_type != "Point":
            return False
        (self._points if before.buffer(1e-6).covers(after) else self._outside).append(draft.number)
        return True

    @property
    def notes(self) -> Iterator[Text]:
        """What was not written because it stands, or because it would take an outline away."""
        if self._derived:
            yield Text(
                f"{self._derived} 处所属单位与台账按边界和上级得出的一样，没有另外登记。",
                f"{self._derived} units are those that the registry works out by outlines and parents; they are not recorded.",
            )
        if self._points or self._outside:
            count = len(self._points) + len(self._outside)
            yield Text(
                f"{count} 行只给了一个点，已登记的边界不改。",
                f"{count} rows give a point only; the registered outlines stay.",
            )
        if self._outside:
            rows = [str(number) for number in self._outside[:_SHOWN]]
            more = "等" if len(self._outside) > _SHOWN else ""
            yield Text(
                f"第 {'、'.join(rows)} 行{more}的点不在登记的边界里，核对坐标或边界。",
                f"The points of rows {', '.join(rows)} lie outside the registered outlines; look at the coordinates or the outlines.",
            )


def gives_every_level(columns: Columns) -> bool:
    """Whether a table names district, street, community and grid beside one another, and its records by code."""
    named = {normalised(name) for name in columns.names}
    return "code" in columns.of and all(named & set(words) for words in _EVERY_LEVEL)
