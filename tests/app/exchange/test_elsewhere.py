"""A row whose outline lies elsewhere than the unit that it names is taken as it says, and told with row and column."""

from __future__ import annotations

import pytest
import shapely

from tests.app.exchange.qinglan import EAST, WEST, compounds, dataset, planned, rec, said, told

HEAD = ("小区名称", "社区", "户数")
PLACES = {
    "east": shapely.box(117.30, 31.90, 117.31, 31.91),
    "west": shapely.box(117.31, 31.90, 117.32, 31.91),
}


def of(community, outline):
    drawn = [
        rec("communities", EAST, name="柳东社区居委会", street="990001001", outline=PLACES["east"]),
        rec("communities", WEST, name="柳西社区居委会", street="990001001", outline=PLACES["west"]),
    ]
    return planned(
        dataset(*compounds(), *drawn), "compounds", HEAD, ("新甲院", community, 80), outlines=[outline]
    )


@pytest.mark.parametrize(
    "outline",
    [
        shapely.box(117.312, 31.902, 117.314, 31.904),
        shapely.Point(117.313, 31.903),
        shapely.box(117.3095, 31.902, 117.312, 31.904),
    ],
)
def test_that_an_outline_outside_the_unit_of_its_row_is_said(outline):
    plan = of("柳东社区", outline)
    assert told(plan)[0][1] == "create"
    assert "第 1 行 新甲院（社区写着 柳东社区居委会）" in said(plan)
    assert "大半不在" not in said(of("柳西社区", outline))


def test_that_an_outline_that_only_reaches_over_the_border_is_not():
    assert "大半不在" not in said(of("柳东社区", shapely.box(117.305, 31.902, 117.3105, 31.904)))
