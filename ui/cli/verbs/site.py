"""Where N new stations go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain.period import today
from app.domain.vocabulary import DERIVED
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, FILE, REGISTRY
from ui.cli.output import number_words
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from app.services.siting.site import SitePlan
    from ui.cli.output import Output

_PLACES: Final = (
    Text("次序", "order"),
    DERIVED["lon"],
    DERIVED["lat"],
    Text("新增户数", "households gained"),
    Text("小区", "compounds"),
    Text("新够得着的小区", "compounds newly in reach"),
)


@verb()
@REGISTRY
@click.option("--station-kind", required=True, metavar="KIND")
@click.option("--radius", type=float, required=True, metavar="METRES")
@click.option("--count", type=int, required=True, metavar="N", help="新站点几个 · how many new stations")
@click.option("--model", default="cover", show_default=True, metavar="cover|set|median")
@click.option(
    "--candidates",
    metavar="LAYER",
    help="候选点：文件、文件#图层，或台账图层名 · candidates: a file, FILE#LAYER, or a layer of the registry",
)
@click.option("--roads", metavar="LAYER", help="路网，沿路算距离 · a layer of roads to measure along")
@click.option(
    "--capacity", type=int, metavar="N", help="一个新站能服务几户 · households one new station serves"
)
@click.option("--budget-ms", type=int, default=20_000, show_default=True, metavar="MS")
@click.option("--as-of", type=DAY)
@click.option("--out", type=FILE, help="位置存成图层：.gpkg .geojson .csv · the places as a layer")
@click.option("--commit", "is_committed", is_flag=True, help="写成站点 · write them as stations")
@click.option("--why")
def site(
    output: Output, registry: Path, out: Path | None, is_committed: bool, why: str | None, **given: Any
) -> None:
    """Find where N new stations gain most households; those that exist stay and count. --commit writes them."""
    from app.services.siting.accept import add_stations, write_places
    from app.services.siting.request import SiteRequest
    from app.services.siting.site import plan_site

    request = SiteRequest(**{**given, "as_of": given["as_of"] or today()})
    with opened(output, registry) as r:
        with output.ticket() as ticket:
            plan = plan_site(r, request, ticket)
        if out is not None:
            write_places(plan, out, output.lang)
        changes = add_stations(r, plan, why=why) if is_committed and plan.places else None
    if output.as_json:
        written = {} if changes is None else changes.as_json(output.lang)
        output.document({**plan.as_json(output.lang), "committed": changes is not None, **written})
        return
    _tell(output, plan)
    if changes is not None:
        tell_changes(output, changes)


def _tell(output: Output, plan: SitePlan) -> None:
    from app.services.siting.words import notes_of, summary_of

    rows = [
        [
            at,
            f"{place.lon:.6f}",
            f"{place.lat:.6f}",
            number_words(place.gain),
            len(place.codes),
            output.listed(place.codes),
        ]
        for at, place in enumerate(plan.places, 1)
    ]
    output.table(_PLACES, rows, right=range(5))
    for sentence in (*summary_of(plan), *notes_of(plan)):
        output.say(sentence)
