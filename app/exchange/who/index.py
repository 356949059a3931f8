"""The registered records of one kind by each thing a row may name them by; each made when it is first asked for."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

import shapely

from app.domain.identity.names import normal_name, short_firm
from app.domain.identity.nearness import slips, whole_of
from app.domain.kinds import KINDS
from app.exchange.who.evidence import HOUSE_LETTERS, address_form
from app.exchange.who.outlines import prints_of

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.record import Record


class Index:
    """Finds records of one kind. ``named``: by their name as it stands, the empty one too, where the kind has names."""

    def __init__(self, dataset: Dataset, kind: str) -> None:
        self._kind, self._spec = kind, KINDS[kind]
        self._records = list(dataset.of(kind).values())
        self.named: dict[str, list[Record]] = defaultdict(list)
        for record in self._records if self._spec.has_name else ():
            self.named[record.text("name")].append(record)

    @cached_property
    def normal(self) -> dict[str, list[Record]]:
        """Return the records by the normal form of their name, those without one left out."""
        found: dict[str, list[Record]] = defaultdict(list)
        for name, records in self.named.items():
            if name:
                found[normal_name(self._kind, name)] += records
        return found

    @cached_property
    def credit(self) -> dict[str, Record]:
        """Return the records by their credit code."""
        has = "credit_code" in KINDS[self._kind].by_name
        return {r.text("credit_code"): r for r in self._records if has and r.get("credit_code")}

    @cached_property
    def content(self) -> dict[object, list[Record]]:
        """Return the records by the fields that make two the same."""
        found: dict[object, list[Record]] = defaultdict(list)
        for record in self._records:
            found[tuple(record.get(f) for f in self._spec.identity)].append(record)
        return found

    @cached_property
    def drawn(self) -> dict[bytes, list[Record]]:
        """Return the records with an outline by its print."""
        drawn = [record for record in self._records if record.geometry is not None]
        found: dict[bytes, list[Record]] = defaultdict(list)
        for record, print_of in zip(drawn, prints_of([r.geometry for r in drawn]), strict=True):
            if print_of is not None:
                found[print_of].append(record)
        return found

    @cached_property
    def slipped(self) -> dict[str, list[Record]]:
        """Return the records by each form to which one slip leads from their name."""
        found: dict[str, list[Record]] = defaultdict(list)
        for name, records in self.normal.items():
            for form in slips(name):
                found[form] += records
        return found

    @cached_property
    def wholes(self) -> dict[str, list[Record]]:
        """Return the records by the whole of which their name says a part."""
        found: dict[str, list[Record]] = defaultdict(list)
        for name, records in self.normal.items():
            found[whole_of(name)] += records
        return found

    @cached_property
    def short(self) -> dict[str, list[Record]]:
        """Return the records by the short form of a firm's name."""
        found: dict[str, list[Record]] = defaultdict(list)
        for name, records in self.named.items():
            found[short_firm(name)] += records
        return found

    @cached_property
    def addressed(self) -> dict[str, list[Record]]:
        """Return the records by the last letters of their address."""
        found: dict[str, list[Record]] = defaultdict(list)
        for record in self._records if "address" in KINDS[self._kind].by_name else ():
            form = address_form(record.get("address"))
            if form:
                found[form[-HOUSE_LETTERS:]].append(record)
        return found

    @cached_property
    def ground(self) -> tuple[shapely.STRtree, list[Record]]:
        """Return the records with an area, and a tree of their outlines."""
        drawn = [(r.geometry, r) for r in self._records if r.geometry is not None and r.geometry.area]
        return shapely.STRtree([shape for shape, _ in drawn]), [record for _, record in drawn]
