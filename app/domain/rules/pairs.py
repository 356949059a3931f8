"""What may stand only once at a time: an attachment, an engagement, a relation, a score."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.period import periods_overlap
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

# kind → fields that make a pair; the first is looked up in the dataset
_PAIRS: Final = tuple(
    (kind.name, (*kind.identity, kind.version) if kind.version else kind.identity)
    for kind in KINDS.values()
    if kind.is_once
)
_ONE_PER: Final = {"to": ("to", "relation"), "subject": ("subject", "relation")}


def overlaps_of(
    dataset: Dataset,
    edits: Sequence[Edit],
    put: Mapping[str, Record],
    gone: Collection[str],
    profile: Profile,
) -> Iterator[tuple[int, str, Text]]:
    """Return (place of the edit, column, message) for each pair that would stand twice at one time."""
    for kind, names in _PAIRS:
        touched = {
            _pair(edit.record, names): place
            for place, edit in enumerate(edits)
            if isinstance(edit, Put) and edit.record.kind == kind
        }
        yield from _overlaps(dataset, edits, put, gone, kind, names, touched)
    for field, names in _ONE_PER.items():
        alone = {relation.id for relation in profile.relations.values() if relation.one_per == field}
        touched = {
            _pair(edit.record, names): place
            for place, edit in enumerate(edits)
            if isinstance(edit, Put) and edit.record.kind == "links" and edit.record.get("relation") in alone
        }
        yield from _overlaps(dataset, edits, put, gone, "links", names, touched)


def pairs_of(record: Record, profile: Profile) -> frozenset[tuple[str, ...]]:
    """Return what of a row may stand only once at a time: two rows that share one of these can't hold on one day."""
    found = {(kind, *names, *_pair(record, names)) for kind, names in _PAIRS if kind == record.kind}
    if record.kind == "links":
        relation = profile.relations.get(record.text("relation"))
        names = _ONE_PER.get("" if relation is None else relation.one_per, ())
        found |= {("links", *names, *_pair(record, names))} if names else set()
    return frozenset(found)


def _overlaps(
    dataset: Dataset,
    edits: Sequence[Edit],
    put: Mapping[str, Record],
    gone: Collection[str],
    kind: str,
    names: tuple[str, ...],
    touched: Mapping[tuple[str, ...], int],
) -> Iterator[tuple[int, str, Text]]:
    if not touched:
        return
    groups: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for owner in {pair[0] for pair in touched}:
        for record in dataset.children(kind, names[0], owner):
            if record.code not in put and record.code not in gone:
                groups[_pair(record, names)].append(record)
    for record in put.values():
        if record.kind == kind:
            groups[_pair(record, names)].append(record)
    for pair, place in touched.items():
        rows = sorted(groups[pair], key=lambda row: row.valid_from.toordinal() if row.valid_from else 0)
        for earlier, later in pairwise(rows):
            if periods_overlap(earlier.valid_from, earlier.valid_until, later.valid_from, later.valid_until):
                other = later if earlier.code == edits[place].record.code else earlier
                yield _told(kind, pair, place, other)
                break


def _told(kind: str, pair: tuple[str, ...], place: int, other: Record) -> tuple[int, str, Text]:
    if kind == "assessments":
        subject, scheme, item, on, _ = pair
        message = Text(
            f"{subject} 在 {on} 的 {scheme} 第 {item} 项已经评过（{other.code}）。改那一条。",
            f"{subject} has a score for {scheme}, item {item}, on {on} already ({other.code}). Change that one.",
        )
        return place, "item", message
    span = f"{other.valid_from or '…'} – {other.valid_until or '…'}"
    ends = " ↔ ".join(pair[:2])
    message = Text(
        f"{ends} 已有 {other.code}（{span}），日期重叠。先结束它，或改日期。",
        f"{ends} already has {other.code} ({span}); the dates overlap. End it first, or change the dates.",
    )
    return place, "valid_from", message


def _pair(record: Record, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(record.text(name) for name in names)
