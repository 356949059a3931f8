"""Each of the thirty-five systems from end to end: entered by verbs, shown, counted, sent out as a workbook that a
street fills in, brought into another registry where it counts the same, exported, and taken back.
"""

from __future__ import annotations

import contextlib
import io
import json
import shlex
import uuid
import zipfile
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from shapely import Point, box

from app.domain.record import make_record
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from ui.cli.run import run

if TYPE_CHECKING:
    from pathlib import Path

WEST, SOUTH = 117.30, 31.86
DISTRICT, STREET, COMMUNITY = "340102", "340102001", "340102001001"
GRID, OTHER = f"{COMMUNITY}001", f"{COMMUNITY}002"

pytestmark = pytest.mark.story


def ground(east: float, north: float, wide: float, high: float) -> Any:
    west, south = WEST + east * 0.001, SOUTH + north * 0.001
    return box(west, south, west + wide * 0.001, south + high * 0.001)


def a_place(folder: Path, name: str, profile: str) -> Path:
    """Write one street and community with two grids, two compounds, a lone building, an organisation and a firm."""

    def made(kind: str, code: str, /, **values: object) -> Any:
        return make_record(kind, str(uuid.uuid4()), code, **values)  # type: ignore[arg-type]

    whole = ground(0, 0, 20, 10)
    records = [
        made("districts", DISTRICT, name="某区", geometry=whole),
        made("streets", STREET, name="某街道", district=DISTRICT, geometry=whole),
        made("communities", COMMUNITY, name="某社区", street=STREET, geometry=whole),
        made("grids", GRID, name="第一网格", community=COMMUNITY, geometry=ground(0, 0, 10, 10)),
        made("grids", OTHER, name="第二网格", community=COMMUNITY, geometry=ground(10, 0, 10, 10)),
        made("compounds", "C1", name="东苑", kind="old", households=400, geometry=ground(2, 2, 1, 1)),
        made("compounds", "C2", name="西苑", kind="commercial", households=300, geometry=ground(14, 2, 1, 1)),
        made("buildings", "B1", name="零星楼", geometry=ground(5, 5, 0.3, 0.2)),
        made("organisations", "O1", name="东苑支部", type="branch", secretary="yes"),
        made("firms", "F1", name="安居物业"),
    ]
    path = folder / name
    create_registry(path, load_profile(profile), records=records, by="tester").close()
    return path


@dataclass(frozen=True)
class Desk:
    """The command line over one registry."""

    path: Path

    def __call__(self, words: str) -> Any:
        """Run ``VERB …`` on the registry and return what it printed."""
        verb, *arguments = shlex.split(words)
        out, said = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
            status = run([verb, str(self.path), *arguments, "--json"])
        assert status == 0, (words, out.getvalue(), said.getvalue())
        return json.loads(out.getvalue())

    def figure(self, asked: str) -> tuple[float, float]:
        """Return covered and total of ``MEASURE [options]``, or sum and known of ``totals FACT``, by street."""
        if asked.startswith("totals "):
            fact = asked.removeprefix("totals ")
            found = self(f"totals --fact {fact} --by street")["total"]["sums"]
            return (found[fact]["sum"], found[fact]["known"]) if fact in found else (0, 0)
        by = "" if "--by" in asked else " --by street"
        total = self(f"coverage --measure {asked}{by}")["total"]
        return pytest.approx(total["covered"]), pytest.approx(total["total"])  # type: ignore[return-value]


@cache
def text_of(path: Path) -> str:
    """Return all that a workbook says."""
    with zipfile.ZipFile(path) as book:
        return "".join(book.read(name).decode("utf-8") for name in book.namelist() if name.endswith(".xml"))


def scored(items: int, *prefixes: str) -> str:
    return " ".join(f"{prefix}{n}=1" for prefix in prefixes or ("",) for n in range(1, items + 1))


POSTS = "grid_head=yes enforcement_officer=yes police_officer=yes property_staff=yes information_officer=yes"
GOODS = f"{scored(5, 'haves')} {scored(10, 'goods')}"


@pytest.mark.parametrize(
    ("profile", "steps", "figures", "sheets", "shown"),
    [
        pytest.param(
            "jinjiang",
            [f"attach O1 {to}" for to in (DISTRICT, STREET, COMMUNITY, "C1")] + ["set C1 party_work=yes"],
            {
                "party": (1, 2),
                "party_work": (1, 2),
                "district_party --by district": (1, 1),
                "street_party": (1, 1),
                "community_party": (1, 1),
            },
            ["attachments", "facts"],
            ("C1", '"organisation": "O1"'),
            marks=pytest.mark.system(1),
            id="row1",
        ),
        pytest.param(
            "jinjiang",
            [
                "attach O1 C1",
                "set C1 self_governance=yes service_platform=yes residents_convention=yes activities=yes",
            ],
            {"five_haves": (1, 2)},
            ["attachments", "facts"],
            ("C1", "residents_convention"),
            marks=pytest.mark.system(2),
            id="row2",
        ),
        pytest.param(
            "jinjiang",
            [f"assess C1 residential_standard {scored(13)}", f"assess C1 service_evaluation {scored(17)}"],
            {"residential_standard": (1, 2), "service_evaluation --kind old": (1, 1)},
            ["assessments"],
            ("C1", "service_evaluation"),
            marks=pytest.mark.system(3),
            id="row3",
        ),
        pytest.param(
            "yaohai",
            [
                "case open compound=C1 level=grid category=停车 opened=2026-03-01",
                "case escalate M000001 --on 2026-03-05",
                "case close M000001 --on 2026-03-20",
                f"set {STREET} mediators_volunteers=7",
            ],
            {"cases_closed": (1, 1)},
            ["cases", "facts"],
            ("M000001", "停车"),
            marks=pytest.mark.system(4),
            id="row4",
        ),
        pytest.param(
            "jinjiang",
            [
                "attach F1 C1",
                "attach O1 F1",
                "add stations code=S1 name=阵地 kind=service_position compound=C1",
            ],
            {"firms_with_party": (1, 1), "firms_with_secretary": (1, 1)},
            ["engagements", "attachments", "stations"],
            ("F1", '"organisation": "O1"'),
            marks=pytest.mark.system(5),
            id="row5",
        ),
        pytest.param(
            "yaohai",
            [
                "adopt C1 visit property_firm=no authority=no defence_people=no defence_hardware=no --on 2025-01-05",
                "adopt C1 trial --firm F1 --from 2025-02-01",
                "adopt C1 conclude --from 2025-05-01",
                "adopt C1 subsidy 30000 --taper",
            ],
            {"adopted": (1, 1), "three_no_served": (1, 1)},
            ["facts", "engagements"],
            ("C1", "adoption_visit"),
            marks=pytest.mark.system(6),
            id="row6",
        ),
        pytest.param(
            "jinjiang",
            ["attach F1 C1 --from 2026-01-05", "attach F1 C2 --from 2026-02-05"],
            {"property --as-of 2026-01-31": (1, 2), "property --as-of 2026-03-01": (2, 2)},
            ["engagements"],
            ("C2", "2026-02-05"),
            marks=pytest.mark.system(7),
            id="row7",
        ),
        pytest.param(
            "jinjiang",
            ["attach F1 C1", "attach F1 C2", "attach O1 F1"],
            {"firm_party --kind old": (1, 1)},
            ["engagements", "attachments"],
            ("C1", '"firm": "F1"'),
            marks=pytest.mark.system(8),
            id="row8",
        ),
        pytest.param(
            "jinjiang",
            ["attach F1 C1 --relation pairing --from 2026-01-01"],
            {"paired": (1, 1)},
            ["links"],
            ("C1", "pairing"),
            marks=pytest.mark.system(9),
            id="row9",
        ),
        pytest.param(
            "jinjiang", ["set C1 time_bank_hours=120"], {"totals time_bank_hours": (120, 1)}, ["facts"], ("C1", "time_bank_hours"),
            marks=pytest.mark.system(10),
            id="row10",
        ),
        pytest.param(
            "jinjiang",
            [
                "entry note compound=C1 list=needs text=充电棚 opened=2026-01-05",
                "entry note compound=C1 list=resources text=空地一块 opened=2026-01-06",
                "entry match N000002 N000001 --on 2026-02-01",
            ],
            {"needs_met": (1, 1)},
            ["entries"],
            ("N000001", "充电棚"),
            marks=pytest.mark.system(11),
            id="row11",
        ),
        pytest.param(
            "quzhou",
            [
                f"add alliances code=L1 name=红色联盟 organisation=O1 street={STREET}",
                "attach L1 C1 --relation alliance_member",
                "set C1 branch_eligible=yes",
                "add organisations code=O2 name=功能支部 type=functional_branch",
                "attach O2 C1",
            ],
            {"functional_branch": (1, 1)},
            ["alliances", "links", "facts", "organisations", "attachments"],
            ("L1", "红色联盟"),
            marks=pytest.mark.system(12),
            id="row12",
        ),
        pytest.param(
            "quzhou",
            [
                "add departments code=D1 name=某单位 post=联格岗",
                f"attach D1 {GRID} --relation department_link",
                f"attach D1 {COMMUNITY} --relation department_link",
            ],
            {"grids_linked": (1, 2), "communities_linked": (1, 1)},
            ["departments", "links"],
            ("D1", "联格岗"),
            marks=pytest.mark.system(13),
            id="row13",
        ),
        pytest.param(
            "quzhou",
            [
                f"assess C1 five_stars {scored(54)}",
                f"assess C2 five_stars {scored(30)} {' '.join(f'{n}=0' for n in range(31, 55))}",
                "set C1 reward_yuan=100000 firm_reward_yuan=30000",
            ],
            {"three_stars": (1, 2), "five_stars --kind old": (1, 1)},
            ["assessments", "facts"],
            ("C1", "firm_reward_yuan"),
            marks=pytest.mark.system(14),
            id="row14",
        ),
        pytest.param(
            "quzhou",
            ["attach F1 C1", "set F1 list=black --from 2026-01-01 --why 擅自撤场"],
            {"not_blacklisted": (0, 1)},
            ["engagements", "firms"],
            ("F1", "擅自撤场"),
            marks=pytest.mark.system(15),
            id="row15",
        ),
        pytest.param(
            "quzhou",
            ["add departments code=D1 name=某单位", "attach D1 C1 --relation liaison --role police"],
            {"liaison": (1, 2)},
            ["departments", "links"],
            ("C1", "police"),
            marks=pytest.mark.system(16),
            id="row16",
        ),
        pytest.param(
            "quzhou",
            ["add households subject=C1 on=2026-01-05 imported=100 matched=72"],
            {"platform": (72, 100)},
            ["households"],
            ("C1", "东苑"),
            marks=pytest.mark.system(17),
            id="row17",
        ),
        pytest.param(
            "quzhou",
            [
                "add households subject=B1 on=2026-01-05 households=20 surveyed=15",
                "add households subject=C1 on=2026-01-05 households=400 surveyed=100",
            ],
            {"survey_buildings --by grid": (15, 20), "survey --kind old": (100, 400)},
            ["households"],
            ("B1", "零星楼"),
            marks=pytest.mark.system(18),
            id="row18",
        ),
        pytest.param(
            "jinjiang",
            [
                "set C1 property_firm=no owners_committee=suspended --from 2026-01-01",
                "adopt C1 take-over committee_duties_by_street --from 2026-02-01",
            ],
            {"fallback --kind old": (1, 1)},
            ["facts"],
            ("C1", "committee_duties_by_street"),
            marks=pytest.mark.system(20),
            id="row20",
        ),
        pytest.param(
            "jinjiang",
            ["set C1 owners_committee=elected supervisory_committee=yes paid_secretary=yes"],
            {"committee": (1, 2), "committee_reform": (1, 2)},
            ["facts"],
            ("C1", "paid_secretary"),
            marks=pytest.mark.system(21),
            id="row21",
        ),
        pytest.param(
            "yaohai",
            [f"add compounds code=C9 name=新居 kind=resettlement grid={GRID}"],
            {"property --kind resettlement": (0, 1), "property --kind scattered": (0, 1)},
            ["compounds"],
            ("C9", "resettlement"),
            marks=pytest.mark.system(22),
            id="row22",
        ),
        pytest.param(
            "yaohai",
            [
                "attach O1 C1",
                "attach F1 C1",
                "add stations code=S1 name=物管办 kind=property_office compound=C1",
            ],
            {"party": (1, 2), "property --kind old": (1, 1), "property_office": (1, 2)},
            ["attachments", "engagements", "stations"],
            ("C1", '"firm": "F1"'),
            marks=pytest.mark.system(23),
            id="row23",
        ),
        pytest.param(
            "yaohai", [f"attach O1 {GRID}"], {"grid_branch": (1, 2)}, ["attachments"], (GRID, '"organisation": "O1"'),
            marks=pytest.mark.system(24),
            id="row24",
        ),
        pytest.param(
            "yaohai",
            [
                f"set {GRID} {POSTS}",
                f"set {OTHER} grid_head=no",
            ],
            {"one_head_four_members": (1, 2)},
            ["facts"],
            (GRID, "police_officer"),
            marks=pytest.mark.system(25),
            id="row25",
        ),
        pytest.param(
            "yaohai",
            ["set C1 defence_people=yes defence_hardware=yes defence_technical=yes --from 2026-03-01"],
            {"three_defences": (1, 2), "three_defences --as-of 2026-02-28": (0, 2)},
            ["facts"],
            ("C1", "2026-03-01"),
            marks=pytest.mark.system(26),
            id="row26",
        ),
        pytest.param(
            "yaohai",
            ["attach F1 C1 --role trusteeship", "set E000001 guards=3 cleaners=1 vehicles=2"],
            {"property": (1, 2), "totals guards": (3, 1), "totals vehicles": (2, 1)},
            ["engagements", "facts"],
            ("E000001", "guards"),
            marks=pytest.mark.system(27),
            id="row27",
        ),
        pytest.param(
            "yaohai",
            ["add zones code=Z1 name=第一片区 firm=F1", "attach Z1 C1 --relation zone_member"],
            {"zoned": (1, 2)},
            ["zones", "links"],
            ("Z1", "第一片区"),
            marks=pytest.mark.system(28),
            id="row28",
        ),
        pytest.param(
            "yaohai",
            [f"add stations code=S1 name=分中心 kind=mediation_centre community={COMMUNITY}"],
            {"street_mediation": (1, 1)},
            ["stations"],
            ("S1", "mediation_centre"),
            marks=pytest.mark.system(29),
            id="row29",
        ),
        pytest.param(
            "yaohai",
            [f"assess C1 five_haves_ten_goods {GOODS}"],
            {"five_haves_ten_goods": (1, 2)},
            ["assessments"],
            ("C1", "five_haves_ten_goods"),
            marks=pytest.mark.system(30),
            id="row30",
        ),
        pytest.param(
            "yaohai",
            ["set C1 willingness_to_pay=80% fees_due_yuan=1000 fees_collected_yuan=700"],
            {"fees_collected": (700, 1000), "willing_to_pay --kind old": (0.8, 1)},
            ["facts"],
            ("C1", "fees_due_yuan"),
            marks=pytest.mark.system(31),
            id="row31",
        ),
        pytest.param(
            "yaohai",
            [
                f"set {DISTRICT} safety_and_satisfaction=97.02% --from 2020-06-30",
                f"set {STREET} safety_and_satisfaction=96%",
            ],
            {"district_safety --by district": (0.9702, 1), "street_safety": (0.96, 1)},
            ["facts"],
            (DISTRICT, "0.9702"),
            marks=pytest.mark.system(32),
            id="row32",
        ),
        pytest.param(
            "yaohai",
            ["attach F1 C1", "set C1 residents_committee=yes owners_committee=elected cross_posting=yes"],
            {"three_carriages": (1, 2)},
            ["engagements", "facts"],
            ("C1", "cross_posting"),
            marks=pytest.mark.system(33),
            id="row33",
        ),
        pytest.param(
            "yaohai",
            [
                f"add stations code=S1 name=驿站 kind=grid_post community={COMMUNITY}",
                "set S1 premises=yes equipment=yes signs=yes flag=yes reading_matter=yes rules=yes",
            ],
            {"six_haves": (1, 1)},
            ["stations", "facts"],
            ("S1", "reading_matter"),
            marks=pytest.mark.system(34),
            id="row34",
        ),
        pytest.param(
            "yaohai",
            [f"add stations code=S1 name=驿站 kind=grid_post 'geometry={Point(WEST + 0.0025, SOUTH + 0.0025).wkt}'"],
            {"station:grid_post:300": (1, 2), "station:grid_post:300 --weight households": (400, 700)},
            ["stations"],
            ("S1", "grid_post"),
            marks=pytest.mark.system(35),
            id="row35",
        ),
    ],
)  # fmt: skip
def test_that_a_system_is_entered_shown_counted_imported_exported_and_taken_back(
    tmp_path: Path,
    profile: str,
    steps: list[str],
    figures: dict[str, tuple[float, float]],
    sheets: list[str],
    shown: tuple[str, str],
) -> None:
    here = Desk(a_place(tmp_path, "here.gpkg", profile))
    there = Desk(a_place(tmp_path, "there.gpkg", profile))
    before = {asked: here.figure(asked) for asked in figures}
    for step in steps:
        assert here(step)["change"], step
    assert {asked: here.figure(asked) for asked in figures} == figures
    code, word = shown
    said = json.dumps(here(f"show {code}"), ensure_ascii=False)
    assert word in said

    out = tmp_path / "export.xlsx"
    here(f"export {out} --audience internal --ledgers")
    assert code in text_of(out)

    for kind in sheets:
        book = tmp_path / f"{kind}.xlsx"
        here(f"template {kind} {book}")
        plan = there(f"import {book} --as {kind} --on-conflict update")
        assert plan["counts"]["refuse"] == 0, plan["rows"]
    assert {asked: there.figure(asked) for asked in figures} == figures

    for _ in steps:
        here("undo")
    assert {asked: here.figure(asked) for asked in figures} == before
