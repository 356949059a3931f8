"""Rows of one file about the same thing: what says nothing new, what adds to another row, what contradicts it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

import shapely

from app.domain.identity.names import normal_name
from app.domain.identity.spelling import counted
from app.domain.identity.units import are_apart
from app.domain.kinds import KINDS
from app.exchange.who.outlines import is_mostly_one

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from app.exchange.planning.row_reader import Draft
    from app.exchange.who.match import Wanted

_FEW: Final = 200  # clusters of one name up to which a row that says less is held against each


class Said(NamedTuple):
    """A row and what it says of itself. ``code``: its own, or that of the record it is about."""

    draft: Draft
    wanted: Wanted
    code: str | None


class Clash(NamedTuple):
    """Rows that contradict each other: their places, the field they differ in, and what each of them says there."""

    places: tuple[int, ...]
    field: str
    values: tuple[object, ...]


class Repeats(NamedTuple):
    """What a file says more than once. ``leaders``: place of a row that only repeats or adds → place of the first one."""

    leaders: Mapping[int, int]
    clashes: tuple[Clash, ...]


def same_things(kind: str, rows: Mapping[int, Said]) -> list[list[int]]:
    """Return the places of rows about one thing, two and more together, by every key that a record is known by.

    The code, the credit code, the outline, the name within its units; for rows without a name what they connect.
    """
    joined = _Joined()
    for groups in (_by_key(kind, rows), _by_name(kind, rows)):
        for group in groups:
            for place in group[1:]:
                joined.join(group[0], place)
    return joined.groups()


def repeats(rows: Mapping[int, Said], groups: Iterable[Sequence[int]], today: date) -> Repeats:
    """Return what groups of rows about one thing say; which of two contradicting rows is right is never guessed."""
    leaders: dict[int, int] = {}
    clashes: list[Clash] = []
    for places in groups:
        said: dict[tuple[str, date | None], object] = {}
        wrong: str | None = None
        for place in places:
            for key, value in _statements(rows[place], today):
                if said.setdefault(key, value) != value and wrong is None:
                    wrong = key[0]
        if wrong is None:
            leaders.update(dict.fromkeys(places[1:], places[0]))
        else:
            values = [dict(_shown(rows[place].draft)).get(wrong) for place in places]
            clashes.append(Clash(tuple(places), wrong, tuple(values)))
    return Repeats(leaders, tuple(clashes))


def add_to(leader: Draft, other: Draft) -> None:
    """Give the first row of a thing what another row says beyond it."""
    for name, value in other.values.items():
        if leader.values.get(name) is None:
            leader.values[name] = value
    leader.common = {**leader.common, **other.common, **leader.common}
    if leader.surveyed == other.surveyed:
        leader.facts = {**other.facts, **leader.facts}
    elif other.facts:
        leader.surveys = (*leader.surveys, (other.surveyed, other.facts))
    if leader.outline is None:
        leader.outline, leader.raw = other.outline, other.raw


def _by_key(kind: str, rows: Mapping[int, Said]) -> Iterator[list[int]]:
    found: dict[object, list[int]] = defaultdict(list)
    for place, row in rows.items():
        values = row.wanted.values
        if row.code is not None:
            found["code", row.code].append(place)
        identity = KINDS[kind].identity
        if identity and row.code is None:
            found["content", row.wanted.valid_from, *(values.get(f) for f in identity)].append(place)
        if values.get("credit_code") is not None and kind == "firms":
            found["credit", values["credit_code"]].append(place)
        outline = row.wanted.outline
        if outline is not None and row.code is None and not KINDS[kind].shares_place:
            name = "" if outline.area else normal_name(kind, row.wanted.name)
            found["outline", row.wanted.print_of, name].append(place)
    yield from (places for places in found.values() if len(places) > 1)


def _by_name(kind: str, rows: Mapping[int, Said]) -> Iterator[list[int]]:
    if "name" not in KINDS[kind].by_name:
        return
    normal: dict[str, list[int]] = defaultdict(list)
    bare: list[tuple[int, Said]] = []
    for place, row in rows.items():
        name = row.wanted.name
        if name:
            normal[normal_name(kind, name)].append(place)
        else:
            bare.append((place, row))
    for places in normal.values():
        if len(places) > 1:
            yield from _clusters(kind, places, rows)
    nameless: dict[object, list[int]] = defaultdict(list)
    for place, row in bare:
        if row.wanted.outline is None and row.code is None:
            nameless[
                tuple(sorted((n, str(v)) for n, v in row.wanted.values.items() if v is not None))
            ].append(place)
    yield from (places for places in nameless.values() if len(places) > 1)


def _clusters(kind: str, places: Sequence[int], rows: Mapping[int, Said]) -> Iterator[list[int]]:
    """Part rows of one name by what tells things apart; a row that says less goes where nothing contradicts it."""
    by_marks: dict[object, list[int]] = defaultdict(list)
    for place in places:
        by_marks[_marks(kind, rows[place])].append(place)
    clusters: list[list[int]] = []
    for found in by_marks.values():
        clusters += _by_ground(found, rows)
    clusters.sort(key=lambda cluster: -_weight(kind, rows[cluster[0]]))
    if len(clusters) <= _FEW:
        whole: list[list[int]] = []
        for cluster in clusters:
            fitting = [c for c in whole if all(_may_be_one(kind, rows[p], rows[cluster[0]]) for p in c)]
            if len(fitting) == 1:
                fitting[0].extend(cluster)
            else:
                whole.append(cluster)
        clusters = whole
    yield from (sorted(cluster) for cluster in clusters if len(cluster) > 1)


def _marks(kind: str, row: Said) -> tuple[object, ...]:
    values = row.wanted.values
    told = tuple(values.get(name) for name in KINDS[kind].narrowed_by)
    return (
        row.code,
        values.get("credit_code"),
        tuple(sorted(row.wanted.chain.items())),
        counted(str(values.get("address") or "")),
        *told,
    )


def _weight(kind: str, row: Said) -> int:
    return (
        sum(1 for mark in _marks(kind, row) if mark)
        + len(row.wanted.chain)
        + (row.wanted.outline is not None)
    )


def _may_be_one(kind: str, one: Said, other: Said) -> bool:
    if are_apart(one.wanted.chain, other.wanted.chain):
        return False
    marks = zip(_marks(kind, one), _marks(kind, other), strict=True)
    if any(a and b and a != b for place, (a, b) in enumerate(marks) if place != 2):
        return False
    drawn = one.wanted.outline, other.wanted.outline
    return drawn[0] is None or drawn[1] is None or is_mostly_one(drawn[0], drawn[1])


def _by_ground(places: Sequence[int], rows: Mapping[int, Said]) -> list[list[int]]:
    """Part rows that say the same of themselves by where they lie; those without an outline stay together."""
    shaped = [(p, shape) for p in places if (shape := rows[p].wanted.outline) is not None]
    drawn = [place for place, _ in shaped]
    bare = [place for place in places if rows[place].wanted.outline is None]
    found = [bare] if bare else []
    if not drawn:
        return found
    shapes = [shape for _, shape in shaped]
    joined = _Joined()
    for at, other in shapely.STRtree(shapes).query(shapes, predicate="intersects").T:
        if at < other and is_mostly_one(shapes[at], shapes[other]):
            joined.join(drawn[at], drawn[other])
    together = joined.groups()
    alone = set(drawn).difference(*together)
    return found + together + [[place] for place in sorted(alone)]


def _statements(row: Said, today: date) -> Iterator[tuple[tuple[str, date | None], object]]:
    draft, kind = row.draft, row.draft.kind
    for name, value in (*draft.values.items(), *draft.common.items()):
        if value is not None:
            yield (name, None), normal_name(kind, str(value)) if name == "name" else value
    if row.wanted.print_of is not None:
        yield ("geometry", None), row.wanted.print_of
    for key, answer in draft.facts.items():
        yield (key, draft.surveyed or today), answer


def _shown(draft: Draft) -> Iterator[tuple[str, object]]:
    yield from draft.values.items()
    yield from draft.common.items()
    yield from draft.facts.items()


class _Joined:
    """Places that belong together, however long the chain between them."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self._top(one), self._top(other)))
        self._above[second] = first

    def groups(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for place in sorted(self._above):
            found[self._top(place)].append(place)
        return [places for places in found.values() if len(places) > 1]

    def _top(self, place: int) -> int:
        above = self._above.setdefault(place, place)
        while above != self._above[above]:
            above = self._above[above]
        self._above[place] = above
        return above
