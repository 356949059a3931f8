"""The verb about the working zone: crs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.domain.weights import WEIGHTS
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import REGISTRY
from ui.cli.output import percent_words

if TYPE_CHECKING:
    from app.services.registry.registry import Registry
    from app.services.registry.zone_change import InZone
    from ui.cli.output import Output

_KEPT: Final = Text("坐标带 {0}，已定下来。", "Working zone {0}, kept.")
_NOT_KEPT: Final = Text(
    "坐标带 {0}，画了区界或 20 个轮廓以后定下来。",
    "Working zone {0}; kept once a district or 20 outlines are drawn.",
)
_FITS: Final = Text(
    "按数据更合适的是 {0}：crs auto --why 换过去。", "{0} would fit the data better: `crs auto --why`."
)
_AREA: Final = Text("小区总面积（平方米）", "Area of all compounds (m²)")


@verb()
@REGISTRY
@click.argument("zone", required=False, metavar="[EPSG:n|auto]")
@click.option("--why")
def crs(output: Output, registry: Path, zone: str | None, why: str | None) -> None:
    """Show or change the zone that areas and distances are taken in, with area and figures before and after."""
    from app.services.registry.working_zone import fitting_zone
    from app.services.registry.zone_change import asked_zone, change_zone, in_zone

    with opened(output, registry) as r:
        fits, is_kept = fitting_zone(r.dataset), r.is_zone_kept
        new = r.zone if zone is None else asked_zone(r, zone)
        before, after = in_zone(r, r.zone), in_zone(r, new)
        change = None if zone is None else change_zone(r, new, why=why or "").change
        if output.as_json:
            output.document(
                {
                    "crs": new.epsg,
                    "fits": fits.epsg,
                    "kept": is_kept or change is not None,
                    "change": change,
                    "before": before.as_json(output.lang),
                    "after": after.as_json(output.lang),
                }
            )
            return
        _table(output, r, before, after)
    output.say(Text(*(said.format(new.epsg) for said in (_KEPT if is_kept or change else _NOT_KEPT))))
    if fits != new:
        output.say(Text(*(said.format(fits.epsg) for said in _FITS)))


def _table(output: Output, registry: Registry, before: InZone, after: InZone) -> None:
    from app.coverage.measures import measure_words

    rows: list[list[object]] = [[_AREA, f"{before.area_m2:,.0f}", f"{after.area_m2:,.0f}"]]
    for (measure, weight, then), (_, _, now) in zip(before.figures, after.figures, strict=True):
        words, by = measure_words(registry.profile, measure), WEIGHTS[weight].words
        named = Text(f"{words.zh}（{by.zh}）", f"{words.en} ({by.en})")
        rows.append([named, percent_words(then.rate), percent_words(now.rate)])
    output.table(["", before.zone.epsg, after.zone.epsg], rows, right=(1, 2))
