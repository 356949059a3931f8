"""Alliances and their members: as of a day, and changed in one act each."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY, today
from app.domain.record import make_record
from app.errors import InvalidInput, Problem
from app.services.registry.lookup import record_called, record_on
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.record import Record
    from app.services.registry.registry import Registry

RELATION: Final = "alliance_member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member: what it is, since when, and under which relation."""

    code: str
    kind: str
    name: str
    since: date | None
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alliance:
    """One alliance on a day. ``place``: code of the unit it is recorded in, "" where none is."""

    code: str
    name: str
    organisation: str
    place: str
    members: tuple[Member, ...]

    def of(self, kind: str) -> tuple[str, ...]:
        """Return the codes of the members of a plural kind."""
        return tuple(member.code for member in self.members if member.kind == kind)


def alliances_on(dataset: Dataset, as_of: date | None = None) -> list[Alliance]:
    """Return the alliances in force on a day, by code, members by kind and code."""
    day = as_of or today()
    found = []
    for record in dataset.in_force("alliances", day):
        members = []
        for link in dataset.links_of(record.code, RELATION):
            other = dataset.find(link.text("to"))
            if other is not None and link.is_in_force(day) and other.is_in_force(day):
                members.append(
                    Member(
                        code=other.code,
                        kind=other.kind,
                        name=str(other.on("name", day) or ""),
                        since=link.valid_from,
                        link=link.code,
                    )
                )
        places = [
            str(code) for field in KINDS["alliances"].parents if (code := record.on(field, day)) is not None
        ]
        found.append(
            Alliance(
                code=record.code,
                name=str(record.on("name", day) or ""),
                organisation=str(record.on("organisation", day) or ""),
                place=places[0] if places else "",
                members=tuple(sorted(members, key=lambda member: (member.kind, member.code))),
            )
        )
    return found


def places_of_member(dataset: Dataset, code: str, day: date) -> list[str]:
    """Return where a member is on the map: itself, what a firm serves, what an organisation or a department is for."""
    record = dataset.find(code)
    if record is None:
        return []
    if record.kind == "compounds":
        return [code]
    if record.kind == "firms":
        spans, field = dataset.engagements_of(code), "compound"
    elif record.kind == "organisations":
        spans, field = dataset.attachments_of(code), "to"
    else:
        spans, field = dataset.links_of(code), "to"
    return list(dict.fromkeys(span.text(field) for span in spans if span.is_in_force(day)))


def join_alliance(
    registry: Registry,
    alliance: str,
    members: Sequence[str],
    *,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """Make compounds, firms, organisations or departments members from ``on`` (default today) as one change.

    Those that are members already stay as they are; a membership that begins later begins on that day.
    """
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        target = record_on(dataset, alliance, "alliances", day)
        maker = CodeMaker(dataset)
        edits: list[Edit] = []
        for code in _known(dataset, members):
            links = _links(dataset, target.code, code, day)
            if not links:
                edits.append(Put(_membership(maker.make("links"), target, code, day)))
            elif not any(link.is_in_force(day) for link in links):
                soonest = min(links, key=lambda link: link.valid_from or day)
                edits.append(Put(soonest._replace(valid_from=day, version=soonest.version + 1), soonest))
        return edits

    return registry.write(build, verb="attach", why=why)


def leave_alliance(
    registry: Registry,
    alliance: str,
    members: Sequence[str],
    *,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """End memberships: ``on`` (default today) is the first day without them. One begun that day or later goes."""
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        target = record_on(dataset, alliance, "alliances", day)
        edits: list[Edit] = []
        for code in _known(dataset, members):
            links = _links(dataset, target.code, code, day)
            if not links:
                message = Text(
                    f"{code} 不是 {target.code} 的成员。", f"{code} is no member of {target.code}."
                )
                raise InvalidInput(message, (Problem(message=message, code=code),))
            for link in links:
                if link.valid_from is not None and link.valid_from >= day:
                    edits.append(Remove(link))
                else:
                    edits.append(
                        Put(link._replace(valid_until=day - ONE_DAY, version=link.version + 1), link)
                    )
        return edits

    return registry.write(build, verb="detach", why=why)


def _membership(code: str, alliance: Record, member: str, day: date) -> Record:
    return make_record(
        "links",
        str(uuid.uuid4()),
        code,
        valid_from=day,
        valid_until=alliance.valid_until,
        relation=RELATION,
        subject=alliance.code,
        to=member,
    )


def _links(dataset: Dataset, alliance: str, member: str, day: date) -> list[Record]:
    return [
        link
        for link in dataset.links_of(alliance, RELATION)
        if link.text("to") == member and (link.valid_until is None or link.valid_until >= day)
    ]


def _known(dataset: Dataset, members: Sequence[str]) -> list[str]:
    found = [record_called(dataset, code).code for code in members]
    if not found:
        message = Text("先选成员。", "Choose members first.")
        raise InvalidInput(message, (Problem(message=message),))
    return list(dict.fromkeys(found))
