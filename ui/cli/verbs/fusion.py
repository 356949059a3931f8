"""Verbs about borders that cut compounds: cuts, fuse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain.looks import wording
from app.domain.period import today
from app.domain.vocabulary import LEVELS
from app.services.fusion.cuts import OUTSIDE
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY

if TYPE_CHECKING:
    from datetime import date

    from app.services.fusion.cuts import Cut
    from app.services.fusion.fuse import Proposal
    from ui.cli.output import Output

_CUT: Final = (
    Text("小区", "code"),
    Text("名称", "name"),
    Text("户数", "households"),
    Text("切到小边的户数", "on the smaller side"),
    Text("小边 m²", "its m²"),
    Text("界线", "lines"),
    Text("各边（面积占比）", "sides by area"),
)
_MOVED: Final = (
    Text("级", "level"),
    Text("单元", "unit"),
    Text("名称", "name"),
    Text("增减 m²", "gains m²"),
    Text("之前", "before"),
    Text("之后", "after"),
)


@verb()
@REGISTRY
@click.option("--level")
@click.option("--street")
@click.option("--as-of", type=DAY)
def cuts(output: Output, registry: Path, level: str | None, street: str | None, as_of: date | None) -> None:
    """List the compounds that a grid, community or street line cuts, with their share on each side."""
    from app.services.fusion.cuts import find_cuts

    day = as_of or today()
    with opened(output, registry) as r, output.ticket() as ticket:
        found = find_cuts(r.engine, day, level=level, street=street, ticket=ticket)
        crs = r.engine.zone.epsg
    if output.as_json:
        output.document(
            {
                "as_of": day.isoformat(),
                "level": level,
                "street": street,
                "crs": crs,
                "count": len(found),
                "cuts": [cut.as_json(output.lang) for cut in found],
            }
        )
        return
    rows = [
        [
            cut.code,
            cut.name,
            cut.households,
            "" if cut.affected is None else f"{cut.affected:,.1f}",
            f"{cut.affected_m2:,.0f}",
            " ".join(output.words(LEVELS[name]) for name in cut.sides),
            _shares(output, next(iter(cut.sides.values()))),
        ]
        for cut in found
    ]
    output.table(_CUT, rows, right=(2, 3, 4))
    output.say(
        Text(f"{len(found)} 个小区被界线切开，截至 {day}", f"{len(found)} compounds are cut as of {day}")
    )


@verb()
@REGISTRY
@click.argument("compound")
@click.option(
    "--to", metavar="UNIT", help="接收的网格、社区或街道 · the grid, community or street that takes it"
)
@click.option("--from", "since", type=DAY, help="从哪天起，默认今天 · from which day, today if not said")
@click.option("--correct", "is_correction", is_flag=True, help="原来就画错了 · it was drawn wrong")
@click.option("--torn", "allow_torn", is_flag=True, help="单元断成几块也行 · a unit may fall into pieces")
@click.option("--dry-run", is_flag=True)
@click.option("--measure", default="party", show_default=True)
@click.option("--weight")
@click.option("--count", default="whole", show_default=True)
@click.option("--kind")
@click.option("--why")
def fuse(
    output: Output,
    registry: Path,
    compound: str,
    *,
    to: str | None,
    since: date | None,
    is_correction: bool,
    allow_torn: bool,
    dry_run: bool,
    why: str | None,
    **asked: Any,
) -> None:
    """Lead the borders that cut a compound along its outline, at all levels together, as one change."""
    from app.coverage.results import Query
    from app.errors import InvalidInput
    from app.services.fusion.fuse import accept, propose, refuse_what_breaks

    if is_correction and since is not None:
        raise InvalidInput(Text("--correct 和 --from 只写一个。", "Give --correct or --from, not both."))
    day = since or today()
    with opened(output, registry) as r, output.ticket() as ticket:
        query = Query(by="grid", as_of=day, **asked)
        proposal = propose(
            r.engine, compound, day, to=to, is_correction=is_correction, query=query, ticket=ticket
        )
        refuse_what_breaks(proposal, allow_torn=allow_torn)
        changes = None if dry_run else accept(r, proposal, why=why, allow_torn=allow_torn)
    if output.as_json:
        written = (
            {"change": None, "verb": "fuse", "codes": []} if changes is None else changes.as_json(output.lang)
        )
        output.document({**written, **proposal.as_json(output.lang)})
        return
    _tell(output, proposal)
    if changes is None:
        output.say(Text("这是预演，没有写入。", "This was a rehearsal; nothing was written."))
    elif changes.change is not None:
        output.say(Text(f"已并界（{changes.change}）", f"Fused ({changes.change})"))


def _tell(output: Output, proposal: Proposal) -> None:
    record = proposal.compound
    name = record.text("name") or record.code
    if not proposal.moves:
        output.say(Text(f"{name} 没有可移的界线。", f"No border of {name} can be moved."))
        return
    gains = {(move.level, move.record.code): move.gained_m2 for move in proposal.moves if move.is_moved}
    rows = [
        [
            LEVELS[row.level],
            row.unit,
            row.name,
            f"{gains[row.level, row.unit]:+,.0f}" if (row.level, row.unit) in gains else "",
            wording.rate_of(row.before),
            wording.rate_of(row.after),
        ]
        for row in proposal.figures
    ]
    output.table(_MOVED, rows, right=(3, 4, 5))
    if proposal.after is not None:
        left = _sides(output, proposal.after)
        output.say(Text(f"仍被切开：{left}", f"Still cut: {left}"))
    if proposal.newly_cut:
        codes = ", ".join(cut.code for cut in proposal.newly_cut)
        output.say(Text(f"新界线会切开：{codes}", f"The new border would cut: {codes}"))
    if proposal.released:
        codes = ", ".join(proposal.released)
        output.say(Text(f"也不再被切开：{codes}", f"No longer cut either: {codes}"))
    if proposal.torn:
        codes = ", ".join(proposal.torn)
        output.say(Text(f"断成几块：{codes}", f"In pieces now: {codes}"))


def _sides(output: Output, cut: Cut) -> str:
    return "；".join(
        f"{output.words(LEVELS[level])} {_shares(output, sides)}" for level, sides in cut.sides.items()
    )


def _shares(output: Output, sides: tuple[tuple[str, float], ...]) -> str:
    outside = output.words(Text("界外", "outside"))
    return "，".join(f"{outside if unit == OUTSIDE else unit} {share:.1%}" for unit, share in sides)
