"""Which registered record a row is about: one sure match is taken, near ones are proposed, two are refused.

Sure is what several witnesses say and none denies: the code, the credit code, the outline, the normal form of the name
within the units that the row names. Everything else is a question.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.identity.names import normal_name, short_firm
from app.domain.identity.nearness import APART, Near, Nearness, nearness, slips, whole_of
from app.domain.identity.units import are_apart, lowest_shared
from app.domain.kinds import KINDS
from app.exchange.who.evidence import (
    HOUSE_LETTERS,
    OTHER_ADDRESS,
    OTHER_CODE,
    SAME_OUTLINE,
    Candidate,
    address_form,
    candidate,
    other_address,
    same_address,
)
from app.exchange.who.index import Index
from app.exchange.who.match import (
    BY_CONTENT,
    BY_CREDIT_CODE,
    BY_NAME,
    BY_NAME_AND_ADDRESS,
    BY_NAME_AND_UNIT,
    BY_OUTLINE,
    BY_OUTLINE_ALONE,
    NO_MATCH,
    Match,
)
from app.exchange.who.outlines import MOSTLY, are_of_one_size, is_mostly_one, lying, metres_between
from app.exchange.who.strangers import Known
from app.text import Text
from geo.repair import same_outline

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from app.domain.dataset import Dataset
    from app.domain.identity.units import Tree
    from app.domain.record import Record
    from app.exchange.who.match import Wanted

_NEAR_METRES: Final = 1000.0  # to which a thing may have been drawn off, by another datum for one
_SHORTEST_WITHIN: Final = 3  # letters of a name that may stand within another
_JOINED: Final = re.compile(r"[、/／,，;；+＋&和及与]")
_COUNTED: Final = re.compile(r"[0-9]|[东西南北中前后新老大小a-z甲乙丙丁](?:区|苑|园|院|村|期|里|坊)")


class Matcher:
    """Recognises rows of one kind by what they say of themselves."""

    def __init__(self, dataset: Dataset, kind: str, tree: Tree) -> None:
        self._kind, self._spec, self._tree = kind, KINDS[kind], tree
        self._has_name = self._spec.has_name
        self._is_official = bool(self._spec.digits)
        self._may_slip = not (self._spec.is_numbered or self._is_official)  # near names may be one
        self._index = Index(dataset, kind)

    def known(self, *, is_near: bool) -> Known:
        """Return how the registered records are called; ``is_near``: with all by which one that is nearly called so is found."""
        found = Known(self._index.named.keys(), self._index.normal.keys())
        if not is_near:
            return found
        slipped = self._index.slipped.keys() if self._may_slip else found.slipped
        wholes = self._index.wholes.keys() if self._may_slip else found.wholes
        return found._replace(slipped=slipped, wholes=wholes, addresses=self._index.addressed.keys())

    # sure

    def find(self, row: Wanted) -> Match:
        """Return the one record that a row is about; candidates where two are equally likely; else nothing."""
        if self._spec.identity:
            return self._by_content(row)
        credit = row.values.get("credit_code")
        if credit is not None and str(credit) in self._index.credit:
            return Match(self._index.credit[str(credit)], BY_CREDIT_CODE)
        if row.outline is not None:
            found = self._by_print(row)
            if found is not NO_MATCH:
                return found
        if row.name:
            return self._by_name(row)
        return self._by_values(row) if row.outline is None and self._has_name else NO_MATCH

    def _by_print(self, row: Wanted) -> Match:
        """Look the outline up. A point says little: two things may be put at one address."""
        alike = self._index.drawn.get(row.print_of or b"", [])
        named = [r for r in alike if self._is_named(r, row) and not self._is_told_apart(r, row)]
        if len(named) > 1:
            equal = [r for r in named if self._says_the_same(r, row)]
            return Match(equal[0], BY_OUTLINE) if equal else self._several(named, row)
        if named:
            return Match(named[0], BY_OUTLINE)
        assert row.outline is not None  # noqa: S101  # narrows the type
        if not alike or row.outline.area == 0 or self._spec.shares_place:
            return NO_MATCH
        if len(alike) > 1:
            return self._several(alike, row)
        other = self._by_name(row._replace(outline=None, print_of=None)) if row.name else NO_MATCH
        if other.record is not None and other.record.code != alike[0].code:
            return self._several([alike[0], other.record], row)
        return Match(alike[0], BY_OUTLINE_ALONE)

    def _is_named(self, record: Record, row: Wanted) -> bool:
        name = record.text("name")
        return name == row.name or normal_name(self._kind, name) == normal_name(self._kind, row.name)

    def _is_told_apart(self, record: Record, row: Wanted) -> bool:
        credit = row.values.get("credit_code")
        if credit is not None and self._kind == "firms" and record.get("credit_code") not in (None, credit):
            return True  # two firms, however alike their names
        return any(
            row.values.get(name) is not None and record.get(name) not in (None, row.values[name])
            for name in self._spec.narrowed_by
        )

    def _by_name(self, row: Wanted) -> Match:
        name = row.name
        called = self._index.named.get(name)
        found = self._narrowed(called, row) if called else []
        if not found:
            called = self._index.normal.get(normal_name(self._kind, name))
            found = self._narrowed(called, row) if called else []
        if not found:
            return NO_MATCH
        if row.outline is not None:
            return self._by_name_and_outline(found, row)
        if len(found) > 1:
            equal = [r for r in found if self._says_the_same(r, row)]
            return Match(equal[0], BY_CONTENT) if len(equal) == 1 else self._several(found, row)
        return self._settled(found[0], row)

    def _by_name_and_outline(self, found: Sequence[Record], row: Wanted) -> Match:
        assert row.outline is not None  # noqa: S101  # narrows the type
        near = [r for r in found if r.geometry is not None and is_mostly_one(r.geometry, row.outline)]
        if len(near) == 1:
            return Match(near[0], BY_OUTLINE)
        undrawn = near or [r for r in found if r.geometry is None]
        if len(undrawn) > 1:
            return self._several(undrawn, row)
        return self._settled(undrawn[0], row) if undrawn else NO_MATCH

    def _settled(self, record: Record, row: Wanted) -> Match:
        """Return the one record of the name, unless another witness denies it: then it is asked about."""
        seen = self._tree.seen(record)
        if other_address(record, row.values) or are_apart(row.chain, seen):
            return NO_MATCH
        level = lowest_shared(row.chain, seen)
        if level is not None:
            return Match(record, BY_NAME_AND_UNIT[level])
        return Match(record, BY_NAME_AND_ADDRESS if same_address(record, row.values) else BY_NAME)

    def _by_values(self, row: Wanted) -> Match:
        """Rows without name, outline or code: only one that says exactly the same is the same."""
        equal = [
            r for r in self._index.named.get("", ()) if r.geometry is None and self._says_the_same(r, row)
        ]
        return Match(min(equal, key=lambda r: r.code), BY_CONTENT) if equal else NO_MATCH

    def _by_content(self, row: Wanted) -> Match:
        key = tuple(row.values.get(f) for f in self._spec.identity)
        found = [
            r
            for r in self._index.content.get(key, ())
            if row.valid_from is None or r.valid_from == row.valid_from
        ]
        name = self._spec.version  # a row that does not say which means the one there is
        if name and row.values.get(name) is not None:
            found = [r for r in found if r.get(name) == row.values[name]]
        if len(found) > 1:
            equal = [r for r in found if self._says_the_same(r, row)]
            if not equal:
                return self._several(found, row)
            found = equal
        return Match(min(found, key=lambda r: r.code), BY_CONTENT) if found else NO_MATCH

    def _narrowed(self, records: Sequence[Record], row: Wanted) -> list[Record]:
        """Leave out records that contradict what the row says, then those that confirm less of it than others."""
        kept = [
            r
            for r in records
            if not self._is_told_apart(r, row) and not are_apart(row.chain, self._tree.of_record(r))
        ]
        if len(kept) < 2:
            return kept
        weights = [self._confirmed(record, row) for record in kept]
        most = max(weights)
        return [record for record, weight in zip(kept, weights, strict=True) if weight == most]

    def _confirmed(self, record: Record, row: Wanted) -> int:
        chain = self._tree.of_record(record)
        told = self._spec.narrowed_by
        return (
            sum(1 for level, code in row.chain.items() if chain.get(level) == code)
            + sum(1 for name in told if row.values.get(name) is not None and record.get(name) is not None)
            + (2 if same_address(record, row.values) else 0)
        )

    def _says_the_same(self, record: Record, row: Wanted) -> bool:
        return all(record.get(f) == value for f, value in row.values.items() if value is not None) and (
            row.outline is None or same_outline(record.geometry, row.outline)
        )

    def _several(self, records: Sequence[Record], row: Wanted) -> Match:
        return Match(candidates=tuple(self._as_candidate(r, row) for r in records), is_several=True)

    def equal(self, row: Wanted) -> str | None:
        """Return the code of the only record of the row's name that says exactly what it says, or None."""
        found = (
            [r for r in self._index.named.get(row.name, ()) if self._says_the_same(r, row)]
            if row.name
            else []
        )
        return found[0].code if len(found) == 1 else None

    # near

    def near(self, row: Wanted, taken: Collection[str]) -> tuple[Candidate, ...]:
        """Return what a row that nothing was found for may mean after all, nearest first; records ``taken`` by others left out."""
        if self._spec.identity or not self._has_name:
            return ()
        found = {
            record.code: one
            for record in self._possible(row)
            if record.code not in taken and (one := self._near(record, row)) is not None
        }
        if not found and self._kind == "compounds":
            found = {r.code: self._as_candidate(r, row) for r in self._within(row) if r.code not in taken}
        return tuple(sorted(found.values(), key=lambda one: (one.distance, one.code)))

    def _within(self, row: Wanted) -> Iterator[Record]:
        """Give the records of the row's community whose name is in the row's, or has it in itself, as joined names and names with more before or behind them.

        A name within another says little: the row must join several names, or say the same count or the same address.
        """
        community = row.chain.get("community")
        if community is None or not row.name:
            return
        own = normal_name(self._kind, row.name)
        parts = {normal_name(self._kind, part) for part in _JOINED.split(row.name)}
        for name, records in self._index.normal.items():
            if len(name) < _SHORTEST_WITHIN or name == own or not (name in own or own in name):
                continue
            if len(own) < _SHORTEST_WITHIN:
                continue
            for record in records:
                is_told = (len(parts) > 1 and name in parts) or _says_some_count(record, row)
                if self._tree.seen(record).get("community") != community or not _differ_by_words(name, own):
                    continue
                if is_told or same_address(record, row.values):
                    yield record

    def doubted(self, record: Record, row: Wanted, others: Iterable[Record]) -> tuple[Candidate, ...]:
        """Return whom a row may mean that names ``record`` by its code, where its name and its place say another."""
        if not row.name or self._is_named(record, row) or self._is_official:
            return ()
        other = self.find(row)
        codes = {r.code for r in others}
        if other.record is not None and other.record.code != record.code and other.record.code not in codes:
            return tuple(self._as_candidate(r, row) for r in (record, other.record))
        if are_apart(row.chain, self._tree.of_record(record)) or self._lies_elsewhere(record, row):
            return (self._as_candidate(record, row),)
        return ()

    def _lies_elsewhere(self, record: Record, row: Wanted) -> bool:
        return (
            row.outline is not None
            and record.geometry is not None
            and metres_between(record.geometry, row.outline) > _NEAR_METRES
        )

    def _possible(self, row: Wanted) -> Iterable[Record]:
        if row.name:
            name = normal_name(self._kind, row.name)
            yield from self._index.normal.get(name, ())
            if self._may_slip:
                for form in slips(name):
                    yield from self._index.slipped.get(form, ())
                yield from self._index.wholes.get(whole_of(name), ())
            if self._kind == "firms":
                yield from self._index.short.get(short_firm(row.name), ())
        address = address_form(row.values.get("address"))
        if address and not self._spec.shares_place:
            yield from self._index.addressed.get(address[-HOUSE_LETTERS:], ())
        if row.outline is not None and row.outline.area and not self._spec.shares_place:
            shapes, records = self._index.ground
            for at in shapes.query(row.outline, predicate="intersects"):
                yield records[at]

    def _near(self, record: Record, row: Wanted) -> Candidate | None:
        """Return the record as a candidate if enough speaks for it, and nothing that a row says denies it."""
        chain = self._tree.of_record(record)
        share, metres = lying(record.geometry, row.outline)
        is_drawn_over = share is not None and share > MOSTLY and not self._spec.shares_place
        is_drawn_over = is_drawn_over and are_of_one_size(record.geometry, row.outline)
        if self._is_told_apart(record, row) or (are_apart(row.chain, chain) and not is_drawn_over):
            return None
        name = self._nearness(record, row)
        is_elsewhere = metres is not None and metres > _NEAR_METRES
        is_same_house = same_address(record, row.values) and not self._spec.shares_place
        seen = self._tree.seen(record)
        is_supported = (
            is_same_house
            or (lowest_shared(row.chain, seen) is not None and not are_apart(row.chain, seen))
            or _says_some_count(record, row)
            or not self._spec.is_layer
            or self._is_official
        )
        is_near = name.near is Near.EQUAL or (name.near is not Near.APART and is_supported)
        is_renamed = is_same_house and share is None and _says_some_count(record, row)
        if is_drawn_over or is_renamed or (is_near and not is_elsewhere):
            return self._as_candidate(record, row)
        return None

    def _nearness(self, record: Record, row: Wanted) -> Nearness:
        if not (row.name and self._has_name):
            return APART
        one, other = row.name, record.text("name")
        found = nearness(normal_name(self._kind, one), normal_name(self._kind, other))
        if self._kind == "firms" and found.near is Near.APART and short_firm(one) == short_firm(other):
            return Nearness(Near.SHORT, 0.4)
        return found

    def _as_candidate(self, record: Record, row: Wanted) -> Candidate:
        name = self._nearness(record, row)
        share, metres = lying(record.geometry, row.outline)
        more = []
        if row.print_of is not None and share is not None and same_outline(record.geometry, row.outline):
            more.append(SAME_OUTLINE)
        if other_address(record, row.values):
            more.append(OTHER_ADDRESS)
        return candidate(
            record,
            row.values,
            (row.chain, self._tree.seen(record)),
            name=name,
            share=share or None,
            metres=metres if metres and not share else None,
            more=more,
        )

    def other_code(self, row: Wanted) -> tuple[Candidate, ...]:
        """Return the record that a row with a new code describes by name and units, or by its outline, all the same."""
        if not self._spec.is_known_by_name:
            return ()
        record = self.find(row).record
        if record is None or record.text("name") == "":
            return ()
        level = lowest_shared(row.chain, self._tree.of_record(record))
        is_one_place = level in ("community", "grid", "compound") or (
            row.outline is not None and record.geometry is not None
        )
        if not is_one_place and not (self._kind == "firms" and row.values.get("credit_code") is not None):
            return ()
        one = self._as_candidate(record, row)
        evidence = Text(f"{one.evidence.zh}，{OTHER_CODE.zh}", f"{one.evidence.en}, {OTHER_CODE.en}")
        return (one._replace(evidence=evidence),)


def _says_some_count(record: Record, row: Wanted) -> bool:
    return any(
        row.values.get(name) and record.get(name) == row.values[name]
        for name in ("households", "residents", "buildings")
        if name in KINDS[record.kind].index
    )


def _differ_by_words(one: str, other: str) -> bool:
    """Whether what one name has beyond the other is no number and no part of a whole."""
    short, long = sorted((one, other), key=len)
    return _COUNTED.search(long.replace(short, "", 1)) is None
