"""Leading the borders of grids, communities and streets along a compound's outline: propose, look, accept.

A proposal is a value: nothing is written until it is accepted, as one change that is taken back as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.coverage.results import Query
from app.domain.dated import with_outline
from app.domain.edits import Put
from app.errors import Conflict, InvalidInput, Problem
from app.jobs import Ticket
from app.services.fusion.cuts import CUT_LEVELS, Cut, find_cuts
from app.services.fusion.ground import FusionGround, Move
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Figures
    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.record import Record
    from app.services.registry.registry import Registry

_DRAWING: Final = Text("画新界线", "Drawing the new border")
_COMPARING: Final = Text("比较前后", "Comparing before and after")


@dataclass(frozen=True, slots=True)
class Beside:
    """One unit's figures before and after."""

    level: str
    unit: str
    name: str
    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What fusing a compound would do.

    Attributes
    ----------
    day
        The day from which the borders run otherwise; the day whose outlines are corrected if ``is_correction``.
    to
        Level → the unit that takes the compound.
    moves
        Units with another outline, from the top down.
    ground
        What changes hands at the lowest level, in degrees.
    before, after
        How lines cut the compound; None where none does.
    emptied, torn
        Units of which nothing is left, and those that fall into more pieces.
    newly_cut, released
        Other compounds that the new border cuts and the old did not; those that it no longer cuts.
    figures
        The measure in the units concerned, before and after.

    """

    compound: Record
    day: date
    is_correction: bool
    query: Query
    to: Mapping[str, str]
    moves: tuple[Move, ...]
    ground: BaseGeometry
    before: Cut | None
    after: Cut | None
    emptied: tuple[str, ...]
    torn: tuple[str, ...]
    newly_cut: tuple[Cut, ...]
    released: tuple[str, ...]
    figures: tuple[Beside, ...]

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return what the proposal would do, unrounded."""
        query = self.query
        return {
            "compound": self.compound.code,
            "name": self.compound.text("name") or None,
            "from": None if self.is_correction else self.day.isoformat(),
            "as_of": self.day.isoformat(),
            "to": dict(self.to),
            "moves": [
                {
                    "level": move.level,
                    "unit": move.record.code,
                    "name": move.record.text("name") or None,
                    "gained_m2": move.gained_m2,
                    "is_moved": move.is_moved,
                }
                for move in self.moves
            ],
            "emptied": list(self.emptied),
            "torn": list(self.torn),
            "before": {} if self.before is None else self.before.shares,
            "after": {} if self.after is None else self.after.shares,
            "newly_cut": [
                {"code": cut.code, "name": cut.name or None, "sides": cut.shares} for cut in self.newly_cut
            ],
            "released": list(self.released),
            "measure": query.measure,
            "weight": query.weight,
            "count": query.count,
            "kind": query.kind,
            "figures": [
                {
                    "level": row.level,
                    "unit": row.unit,
                    "name": row.name or None,
                    "before": row.before.as_json(lang),
                    "after": row.after.as_json(lang),
                }
                for row in self.figures
            ],
        }


def propose(
    engine: CoverageEngine,
    compound: str,
    day: date,
    *,
    to: str | None = None,
    is_correction: bool = False,
    query: Query | None = None,
    ticket: Ticket | None = None,
) -> Proposal:
    """Return what it takes to have a compound in one unit at each level; nothing is written.

    ``to`` is the grid, community or street that takes it; without it, at each level the one that holds most, as
    ``whole`` places it. Units above ``to`` are its own. Of ``query`` the measure, weight, count and kind are
    compared; without it ``party``.

    Raises
    ------
    InvalidInput
        If there is no such compound, it has no area, or ``to`` holds no part of it.

    """
    ticket = ticket or Ticket()
    ticket.step(_DRAWING, 0, 4)
    record = _compound(engine.dataset, compound, day)
    work = FusionGround(engine, record, day, to)
    fusion = work.fuse()
    moves = work.moves(fusion)
    edits = [_put(move, day, is_correction=is_correction) for move in moves if move.outline is not None]
    ticket.step(_COMPARING, 1, 4)
    trial = engine.with_dataset(engine.dataset.with_changes([edit.record for edit in edits]))
    before = {cut.code: cut for cut in find_cuts(engine, day, ticket=ticket)}
    after = {cut.code: cut for cut in find_cuts(trial, day, ticket=ticket)} if edits else before
    ticket.step(_COMPARING, 2, 4)
    asked = query or Query(measure="party", by="grid", as_of=day)
    figures = _figures(engine, trial, day, asked, work.concerned(moves), ticket)
    ticket.step(_COMPARING, 4, 4)
    return Proposal(
        compound=record,
        day=day,
        is_correction=is_correction,
        query=asked,
        to=work.takers(),
        moves=moves,
        ground=work.handed_over(fusion),
        before=before.get(record.code),
        after=after.get(record.code),
        emptied=work.codes_of(fusion, "emptied"),
        torn=work.codes_of(fusion, "torn"),
        newly_cut=tuple(
            cut
            for code, cut in after.items()
            if code != record.code and (code not in before or cut.sides.keys() - before[code].sides.keys())
        ),
        released=tuple(sorted(before.keys() - after.keys() - {record.code})),
        figures=figures,
    )


def accept(
    registry: Registry, proposal: Proposal, *, why: str | None = None, allow_torn: bool = False
) -> Changes:
    """Write a proposal as one change.

    Raises
    ------
    InvalidInput
        If it would leave a unit empty, or in pieces and ``allow_torn`` does not say that this is meant.
    Conflict
        If the compound or a unit was changed since the proposal was made.

    """
    refuse_what_breaks(proposal, allow_torn=allow_torn)
    return registry.write(
        lambda dataset: edits_of(dataset, proposal),
        verb="fuse",
        why=why,
    )


def edits_of(dataset: Dataset, proposal: Proposal) -> list[Edit]:
    """Return the edits of a proposal; Conflict where it no longer fits the data."""
    for record in (proposal.compound, *(move.record for move in proposal.moves)):
        now = dataset.find(record.code)
        if now is None or now.version != record.version:
            message = Text(
                f"{record.code} 在提出之后改过。重新看一遍再接受。",
                f"{record.code} was changed since this was proposed. Look at it again, then accept.",
            )
            raise Conflict(message, (Problem(message=message, code=record.code),))
    return [_put(move, proposal.day, is_correction=proposal.is_correction) for move in proposal.moves]


def _put(move: Move, day: date, *, is_correction: bool) -> Put:
    changed = with_outline(move.record, move.outline, None if is_correction else day, day)
    return Put(changed._replace(version=move.record.version + 1), move.record)


def refuse_what_breaks(proposal: Proposal, *, allow_torn: bool) -> None:
    """Raise InvalidInput for a proposal that empties a unit, or tears one without leave."""
    problems = [
        Problem(
            message=Text(
                f"{code} 会一点不剩：它整个在小区里。要并掉它用 merge；要留着它，这个小区就不该并界。",
                f"nothing of {code} would be left: all of it lies within the compound. Merge it, or leave the compound cut.",
            ),
            code=code,
        )
        for code in proposal.emptied
    ]
    if not allow_torn:
        problems += [
            Problem(
                message=Text(
                    f"{code} 会断成几块。换一个单元接收（--to），或说明就要这样（--torn）。",
                    f"{code} would fall into pieces. Let another unit take the compound (--to), or say that this is meant (--torn).",
                ),
                code=code,
            )
            for code in proposal.torn
        ]
    if problems:
        raise InvalidInput(problems[0].message, tuple(problems))


def _compound(dataset: Dataset, code: str, day: date) -> Record:
    record = record_called(dataset, code)
    outline = record.geometry_on(day)
    reason = None
    if record.kind != "compounds":
        reason = Text(f"{code} 不是小区。", f"{code} is no compound.")
    elif not record.is_in_force(day):
        reason = Text(f"{code} 在 {day} 不在册。", f"{code} is not in force on {day}.")
    elif outline is None or not outline.area > 0:
        reason = Text(
            f"{code} 没有轮廓，界线无从绕起。先画它。",
            f"{code} has no outline to lead a border along. Draw it first.",
        )
    if reason is not None:
        raise InvalidInput(reason, (Problem(message=reason, code=record.code),))
    return record


def _figures(
    before: CoverageEngine,
    after: CoverageEngine,
    day: date,
    query: Query,
    concerned: Mapping[str, list[str]],
    ticket: Ticket,
) -> tuple[Beside, ...]:
    found = []
    for level in reversed(CUT_LEVELS):
        codes = concerned[level]
        if not codes:
            continue
        asked = Query(
            measure=query.measure,
            by=level,
            as_of=day,
            weight=query.weight,
            count=query.count,
            kind=query.kind,
        )
        was = {row.unit: row for row in before.coverage(asked, ticket).rows}
        now = {row.unit: row for row in after.coverage(asked, ticket).rows}
        found += [Beside(level, code, was[code].name, was[code].figures, now[code].figures) for code in codes]
    return tuple(found)
