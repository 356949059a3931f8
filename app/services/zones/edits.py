"""Zones written and changed by hand: each act is one change, and no compound is ever in two zones at once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY, today
from app.domain.record import make_record
from app.domain.rules.rules import referring
from app.errors import Conflict, InvalidInput, Problem
from app.services.registry.lookup import record_called, record_on
from app.services.zones.describe import free_name
from app.services.zones.plan import RELATION, open_links
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from app.services.zones.plan import ZonePlan

_MEMBERS: Final = ("compounds", "buildings")


def commit_zones(registry: Registry, plan: ZonePlan, *, why: str | None = None) -> Changes:
    """Write a proposal as one change: the zones, their members from its day on, and the end of those replaced.

    Raises Conflict if somebody meanwhile put one of the compounds into a zone, or took one away.
    """

    def build(dataset: Dataset) -> list[Edit]:
        writer = _Writer(dataset, plan.day)
        for code in plan.replaced:
            old = dataset.of("zones").get(code)
            if old is None or (old.valid_until is not None and old.valid_until < plan.day):
                raise _outdated(code)
            writer.end(old)
        for zone in plan.zones:
            for code in zone.members:
                record = dataset.find(code)
                if record is None or record.kind not in _MEMBERS or writer.links_on(code):
                    raise _outdated(code)
            made = writer.make(zone.name, street=zone.street, households=plan.request.households)
            writer.join(made, zone.members)
        return writer.edits()

    return registry.write(build, verb="zones", why=why)


def make_zone(
    registry: Registry,
    members: Sequence[str],
    *,
    name: str = "",
    households: int | None = None,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """Make one zone of some compounds, taken out of wherever they are; the code of the zone comes first.

    Its street is the one that all of them lie in; without a name it gets the street's next one.
    """
    day = on or today()
    placed = [registry.engine.derived(code, day).street for code in members]
    streets = {code for code in placed if code is not None}
    street = streets.pop() if len(streets) == 1 else None

    def build(dataset: Dataset) -> list[Edit]:
        writer = _Writer(dataset, day)
        given = {str(zone.on("name", day)) for zone in dataset.in_force("zones", day)}
        where = registry.engine.name_on(street, day) if street else ""
        made = writer.make(name.strip() or free_name(where, given), street=street, households=households)
        writer.join(made, _members(dataset, members))
        return writer.edits()

    return registry.write(build, verb="zones", why=why)


def move_to_zone(
    registry: Registry,
    members: Sequence[str],
    zone: str | None,
    *,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """Put compounds into a zone from ``on`` (default today), out of whichever they are in; None = into none."""

    def build(dataset: Dataset) -> list[Edit]:
        writer = _Writer(dataset, on or today())
        codes = _members(dataset, members)
        if zone is None:
            writer.leave(codes)
        else:
            writer.join(record_on(dataset, zone, "zones", writer.day), codes)
        return writer.edits()

    return registry.write(build, verb="zones", why=why)


def take_out(
    registry: Registry, members: Sequence[str], zone: str, *, on: date | None = None, why: str | None = None
) -> Changes:
    """Take compounds out of one zone; InvalidInput for one that is not in it."""

    def build(dataset: Dataset) -> list[Edit]:
        writer = _Writer(dataset, on or today())
        target = record_on(dataset, zone, "zones", writer.day)
        codes = _members(dataset, members)
        for code in codes:
            if not any(link.text("subject") == target.code for link in writer.links_on(code)):
                message = Text(f"{code} 不在 {target.code} 里。", f"{code} is not in {target.code}.")
                raise InvalidInput(message, (Problem(message=message, code=code),))
        writer.leave(codes)
        return writer.edits()

    return registry.write(build, verb="zones", why=why)


def merge_zones(
    registry: Registry, into: str, others: Sequence[str], *, on: date | None = None, why: str | None = None
) -> Changes:
    """Put the members of other zones into one; the others end."""

    def build(dataset: Dataset) -> list[Edit]:
        writer = _Writer(dataset, on or today())
        target = record_on(dataset, into, "zones", writer.day)
        for code in dict.fromkeys(others):
            zone = record_on(dataset, code, "zones", writer.day)
            if zone.code == target.code:
                message = Text(f"{code} 不能并入自己。", f"{code} can't be merged into itself.")
                raise InvalidInput(message, (Problem(message=message, code=code),))
            members = [link.text("to") for link in open_links(dataset, zone, writer.day)]
            writer.end(zone)
            writer.join(target, members)
        return writer.edits()

    return registry.write(build, verb="zones", why=why)


def end_zone(registry: Registry, zone: str, *, on: date | None = None, why: str | None = None) -> Changes:
    """End a zone: ``on`` (default today) is the first day without it. One that would end before it began goes."""

    def build(dataset: Dataset) -> list[Edit]:
        writer = _Writer(dataset, on or today())
        writer.end(record_on(dataset, zone, "zones", writer.day))
        return writer.edits()

    return registry.write(build, verb="zones", why=why)


class _Writer:
    """Collects the edits of one act; a link that begins and ends within it is never written."""

    def __init__(self, dataset: Dataset, day: date) -> None:
        self.day = day
        self._dataset = dataset
        self._maker = CodeMaker(dataset)
        self._ended: dict[str, Record] = {}  # links, by code
        self._zones: dict[str, Edit] = {}
        self._joined: dict[str, Record] = {}  # member → zone

    def make(self, name: str, *, street: str | None, households: int | None) -> Record:
        """Make a zone."""
        zone = make_record(
            "zones",
            str(uuid.uuid4()),
            self._maker.make("zones"),
            valid_from=self.day,
            name=name,
            street=street,
            households=households,
        )
        self._zones[zone.code] = Put(zone)
        return zone

    def links_on(self, member: str) -> list[Record]:
        """Return the memberships of a compound that hold on the day or later, but for those ended here."""
        return [
            link
            for link in self._dataset.links_to(member, RELATION)
            if (link.valid_until is None or link.valid_until >= self.day) and link.code not in self._ended
        ]

    def leave(self, members: Iterable[str]) -> None:
        """Take compounds out of their zone."""
        for member in members:
            for link in self.links_on(member):
                self._ended[link.code] = link

    def join(self, zone: Record, members: Iterable[str]) -> None:
        """Put compounds into a zone; those that are in it already stay as they are."""
        for member in dict.fromkeys(members):
            links = self.links_on(member)
            stays = [
                link for link in links if link.text("subject") == zone.code and link.is_in_force(self.day)
            ]
            for link in links:
                if link not in stays[:1]:
                    self._ended[link.code] = link
            if not stays:
                self._joined[member] = zone

    def end(self, zone: Record) -> None:
        """End a zone and its memberships."""
        links = open_links(self._dataset, zone, self.day)
        self._ended.update({link.code: link for link in links})
        others = {link.code for link in referring(self._dataset, zone)} - {
            code for code, link in self._ended.items() if not self._has_begun(link)
        }
        if self._has_begun(zone) or others:
            last = self.day - ONE_DAY
            first = zone.valid_from
            until = last if first is None or first <= last else first
            self._zones[zone.code] = Put(zone._replace(valid_until=until, version=zone.version + 1), zone)
        else:
            self._zones[zone.code] = Remove(zone)

    def edits(self) -> list[Edit]:
        """Return the edits: links end, zones end and begin, links begin."""
        found: list[Edit] = []
        for link in self._ended.values():
            if self._has_begun(link):
                last = self.day - ONE_DAY
                found.append(Put(link._replace(valid_until=last, version=link.version + 1), link))
            else:
                found.append(Remove(link))
        found += self._zones.values()
        for member, zone in self._joined.items():
            link = make_record(
                "links",
                str(uuid.uuid4()),
                self._maker.make("links"),
                valid_from=self.day,
                valid_until=zone.valid_until,
                relation=RELATION,
                subject=zone.code,
                to=member,
            )
            found.append(Put(link))
        return found

    def _has_begun(self, record: Record) -> bool:
        return record.valid_from is None or record.valid_from < self.day


def _members(dataset: Dataset, codes: Sequence[str]) -> list[str]:
    """Return the codes of compounds and scattered buildings; InvalidInput for anything else."""
    found = []
    for code in codes:
        record = record_called(dataset, code)
        is_loose = record.kind == "buildings" and record.get("compound") is None
        if record.kind != "compounds" and not is_loose:
            words = KINDS[record.kind].words
            message = Text(
                f"{code} 是{words.zh}，不能进片区。能进的是小区和零星楼栋。",
                f"{code} is one of {words.en}; a zone takes compounds and scattered buildings.",
            )
            raise InvalidInput(message, (Problem(message=message, code=code),))
        found.append(record.code)
    if not found:
        message = Text("先选小区。", "Choose compounds first.")
        raise InvalidInput(message, (Problem(message=message),))
    return found


def _outdated(code: str) -> Conflict:
    message = Text(
        f"预览之后有人动过 {code}：没有写入。重新编一次片区。",
        f"Somebody changed {code} since the preview: nothing was written. Plan the zones again.",
    )
    return Conflict(message, (Problem(message=message, code=code),))
