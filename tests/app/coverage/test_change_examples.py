"""The worked examples of the specification of change, one by one; the numbers are exact."""

from __future__ import annotations

from datetime import date

import pytest

from app.coverage.change.rows import Change
from app.coverage.engine import CoverageEngine
from tests.app.coverage.builders import (
    ZONE,
    a_box,
    a_community,
    a_compound,
    a_dataset,
    a_district,
    a_fact,
    a_firm,
    a_grid,
    a_household_count,
    a_profile,
    a_query,
    a_station,
    a_street,
    an_attachment,
    an_engagement,
    an_organisation,
)

D1, D2 = date(2024, 1, 1), date(2024, 12, 31)
MAY, MID, LAST = date(2024, 5, 31), date(2024, 6, 1), date(2024, 5, 31)  # LAST: the day before MID


def a_world():
    """Street 001 holds grid A1, street 002 B1 and B2; nothing has an outline."""
    return [
        a_district(),
        a_street("340102001", district="340102"),
        a_street("340102002", district="340102"),
        a_community("340102001001", street="340102001"),
        a_community("340102002001", street="340102002"),
        a_grid("A1", community="340102001001"),
        a_grid("B1", community="340102002001"),
        a_grid("B2", community="340102002001"),
    ]


def two_grids(**changed):
    """G1 is x 0–100, G2 x 100–200 of a world of two grids alone; a grid may be given other values."""
    values = {"G1": {"geometry": a_box(0, 0, 100, 100)}, "G2": {"geometry": a_box(100, 0, 200, 100)}}
    return [a_grid(code, **{**values[code], **changed.get(code, {})}) for code in values]


def parts(records, measure="party", *, row=None, profile=None, **query):
    engine = CoverageEngine(a_dataset(*records), profile or a_profile(), ZONE)
    asked = a_query(measure, **{"by": "grid", "as_of": D2, "against": D1, **query})
    change = Change(engine, asked)
    rows = [row] if row else [*(unit.unit for unit in engine.coverage(asked).rows), "unplaced", "total"]
    adds_up(engine, asked, change)
    return {
        name: {p.part: (p.covered, p.uncovered, p.unknown) for p in change.parts(name)}
        for name in rows
        if change.parts(name)
    }


def adds_up(engine, asked, change):
    table = engine.coverage(asked)
    sums = {}
    for row in (*table.rows, table.unplaced, table.total):
        name = row.unit or ("unplaced" if row is table.unplaced else "total")
        for column in ("covered", "uncovered", "unknown"):
            moved = sum(getattr(part, column) for part in change.parts(name))
            assert getattr(row.before, column) + moved == pytest.approx(
                getattr(row.figures, column), abs=1e-9
            ), (name, column)
        for part in change.parts(name):
            for column in ("covered", "uncovered", "unknown"):
                key = part.part, column
                sums[key] = sums.get(key, 0) + getattr(part, column) * (-1 if name == "total" else 1)
        shown = {(part.part, code) for part in change.parts(name) for code in part.codes}
        told = change.changed(name)
        assert {(entry.part, entry.code) for entry in told} == shown
        for part in change.parts(name):
            mine = [entry.amounts for entry in told if entry.part == part.part]
            assert sum(a.covered for a in mine) == pytest.approx(part.covered, abs=1e-9)
            assert sum(a.unknown for a in mine) == pytest.approx(part.unknown, abs=1e-9)
    for (part, _), left in sums.items():
        assert left == pytest.approx(0, abs=1e-9), part


def test_1_a_branch_attached():
    found = parts(
        [*a_world(), a_compound("C1", grid="A1"), an_organisation(), an_attachment("C1", valid_from=MID)]
    )
    assert found == {"A1": {"attached": (1, 0, -1)}, "total": {"attached": (1, 0, -1)}}


def test_2_two_end_and_one_is_said_unknown():
    records = [*a_world(), an_organisation()]
    for code in ("C1", "C2"):
        records += [a_compound(code, grid="A1"), an_attachment(code, valid_until=LAST)]
    records.append(a_fact("C2", "party_organisation", "unknown"))
    assert parts(records) == {"A1": {"ended": (-2, 1, 1)}, "total": {"ended": (-2, 1, 1)}}


def test_3_a_register_declared_complete():
    records = [*a_world(), *(a_compound(f"C{n}", grid="A1") for n in (1, 2, 3))]
    records.append(a_fact("340102001001", "party_complete", "yes", date(2024, 5, 1)))
    assert parts(records)["A1"] == {"settled_no": (0, 3, -3)}


def test_4_a_committee():
    records = [*a_world(), *(a_compound(f"C{n}", grid="A1") for n in (1, 2, 3))]
    records += [
        a_fact("C1", "owners_committee", "elected"),
        a_fact("C1", "owners_committee", "suspended", MID),
        a_fact("C2", "owners_committee", "elected", MID),
        a_fact("C3", "owners_committee", "none"),
        a_fact("C3", "owners_committee", "unknown", MID),
    ]
    assert parts(records, "committee")["A1"] == {
        "settled_yes": (1, 0, -1),
        "settled_no": (-1, 1, 0),
        "unsettled": (0, -1, 1),
    }


def test_5_one_removed_another_on_its_ground():
    records = [*a_world(), an_organisation(), a_compound("C1", grid="A1", households=100, valid_until=LAST)]
    records += [an_attachment("C1"), a_compound("C2", grid="A1", households=130, valid_from=MID)]
    assert parts(records, weight="households")["A1"] == {"new": (0, 0, 130), "removed": (-100, 0, 0)}


def moved_compound(**values):
    return a_compound("C1", grid="B1", past={"grid": ((LAST, "A1"),)}, **values)


def test_6_moved_with_another_branch():
    records = [*a_world(), moved_compound(), an_organisation(), an_organisation("O2")]
    records += [
        an_attachment("C1", valid_until=LAST),
        an_attachment("C1", organisation="O2", valid_from=date(2024, 6, 2)),
    ]
    assert parts(records) == {"A1": {"moved": (-1, 0, 0)}, "B1": {"moved": (1, 0, 0)}}
    assert parts(records, by="district") == {}


def records_of_7():
    return [
        *a_world(),
        moved_compound(),
        an_organisation(),
        an_attachment("C1", valid_until=date(2024, 9, 1)),
    ]


def test_7_moved_and_ended():
    assert parts(records_of_7()) == {
        "A1": {"moved": (-1, 0, 0)},
        "B1": {"moved": (1, 0, 0), "ended": (-1, 1, 0)},
        "total": {"ended": (-1, 1, 0)},
    }


def test_8_a_border_moves_whole():
    assert parts([*border_moved(60), a_compound(geometry=a_box(55, 0, 95, 40))]) == {
        "G1": {"redrawn": (0, 0, -1)},
        "G2": {"redrawn": (0, 0, 1)},
    }


def border_moved(east, *more):
    old = {"G1": ((LAST, a_box(0, 0, 100, 100)),), "G2": ((LAST, a_box(100, 0, 200, 100)),)}
    return [
        a_grid("G1", geometry=a_box(0, 0, east, 100), past={"geometry": old["G1"]}),
        a_grid("G2", geometry=a_box(east, 0, 200, 100), past={"geometry": old["G2"]}),
        *more,
    ]


def near(found):
    return {
        row: {part: pytest.approx(amounts, abs=1e-6) for part, amounts in own.items()}
        for row, own in found.items()
    }


def test_9_the_same_split():
    records = [
        *border_moved(60),
        a_compound(geometry=a_box(55, 0, 95, 40), households=80),
        an_organisation(),
        an_attachment("C1"),
    ]
    found = parts(records, count="split", weight="households")
    assert found == near({"G1": {"redrawn": (-70, 0, 0)}, "G2": {"redrawn": (70, 0, 0)}})


def redrawn(before, after, **values):
    return a_compound("C1", geometry=after, past={"geometry": ((LAST, before),)}, **values)


def test_10_both_move():
    whole = [*border_moved(160), redrawn(a_box(55, 0, 95, 40), a_box(110, 0, 150, 40))]
    assert parts(whole) == {}
    split = [*border_moved(90), redrawn(a_box(70, 0, 110, 40), a_box(80, 0, 120, 40))]
    assert parts(split, count="split") == near(
        {
            "G1": {"moved": (0, 0, -0.25), "redrawn": (0, 0, -0.25)},
            "G2": {"moved": (0, 0, 0.25), "redrawn": (0, 0, 0.25)},
        }
    )
    three = [
        a_grid("G1", geometry=a_box(0, 0, 100, 100)),
        a_grid("G2", geometry=a_box(100, 0, 105, 100), past={"geometry": ((LAST, a_box(100, 0, 200, 100)),)}),
        a_grid("G3", geometry=a_box(105, 0, 300, 100), past={"geometry": ((LAST, a_box(200, 0, 300, 100)),)}),
        redrawn(a_box(55, 0, 95, 40), a_box(110, 0, 150, 40)),
    ]
    assert parts(three) == {"G1": {"moved": (0, 0, -1)}, "G3": {"moved": (0, 0, 1)}}


def divided():
    return [
        a_district(),
        a_street("340102001", district="340102"),
        a_community("340102001001", street="340102001"),
        a_grid("G1", community="340102001001", geometry=a_box(0, 0, 300, 100), valid_until=LAST),
        a_grid("G1a", community="340102001001", geometry=a_box(0, 0, 200, 100), valid_from=MID),
        a_grid("G1b", community="340102001001", geometry=a_box(200, 0, 300, 100), valid_from=MID),
        *(a_compound(f"C{n}", geometry=a_box(100 * n - 90, 10, 100 * n - 50, 50)) for n in (1, 2, 3)),
        an_organisation(),
        an_attachment("G1", valid_until=LAST),
        an_attachment("G1a", valid_from=MID),
    ]


def test_11_a_grid_is_divided():
    assert parts(divided()) == {
        "G1": {"redrawn": (0, 0, -3)},
        "G1a": {"redrawn": (0, 0, 2)},
        "G1b": {"redrawn": (0, 0, 1)},
    }
    assert parts(divided(), "grid_branch") == {
        "G1": {"removed": (-1, 0, 0)},
        "G1a": {"new": (1, 0, 0)},
        "G1b": {"new": (0, 0, 1)},
        "total": {"new": (1, 0, 1), "removed": (-1, 0, 0)},
    }


def test_12_corrected_changed_and_counted_anew():
    records = [
        *a_world(),
        a_compound("C1", grid="A1", households=120),
        a_compound("C2", grid="A1", households=120, past={"households": ((LAST, 100),)}),
        a_compound("C3", grid="A1", households=50),
        a_household_count("C3", MID, households=44),
    ]
    assert parts(records, weight="households")["A1"] == {"weight": (0, 0, 14)}
    assert parts(records) == {}


def test_13_grown_and_attached():
    records = [*a_world(), a_compound("C1", grid="A1", households=120, past={"households": ((LAST, 100),)})]
    records += [an_organisation(), an_attachment("C1", valid_from=MID)]
    assert parts(records, weight="households")["A1"] == {"weight": (0, 0, 20), "attached": (120, 0, -120)}


@pytest.mark.parametrize(("number", "seen"), [(50, {"weight": (0, 0, 50)}), (0, {})])
def test_14_no_number_before(number, seen):
    records = [
        *a_world(),
        a_compound("C1", grid="A1", households=number, past={"households": ((LAST, None),)}),
    ]
    assert parts(records, weight="households").get("A1", {}) == seen


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ((100, 60), (120, 90), {"weight": (20, 0, 0), "settled_yes": (10, -10, 0)}),
        ((100, 60), (50, 40), {"weight": (-20, -30, 0)}),
        ((100, 60), (120, 70), {"weight": (10, 10, 0)}),
        ((100, 60), (90, 65), {"weight": (0, -10, 0), "settled_yes": (5, -5, 0)}),
        (
            (100, None),
            (120, 90),
            {"weight": (0, 0, 20), "settled_yes": (90, 0, -90), "settled_no": (0, 30, -30)},
        ),
        ((90, 60), (80, None), {"weight": (0, 0, -10), "unsettled": (-60, -30, 90)}),
        (None, (80, 20), {"new": (20, 60, 0)}),
    ],
)
def test_15_platform(before, after, seen):
    records = [*a_world(), a_compound("C1", grid="A1")]
    for day, numbers in ((date(2023, 6, 1), before), (MID, after)):
        if numbers:
            records.append(a_household_count("C1", day, imported=numbers[0], matched=numbers[1]))
    assert parts(records, "platform")["A1"] == seen


def test_16_survey():
    records = [*a_world(), a_compound("C1", grid="A1", households=200)]
    records.append(a_household_count("C1", MID, households=210, surveyed=80))
    assert parts(records, "survey")["A1"] == {
        "weight": (0, 0, 10),
        "settled_yes": (80, 0, -80),
        "settled_no": (0, 130, -130),
    }


def test_17_a_station_begins_and_outlines_come_nearer():
    grids = two_grids()
    half = a_compound("C1", geometry=a_box(60, 0, 100, 40))
    # A station's reach has a round edge: a long one reaches half of the compound, split at x = 80.
    far = a_station(geometry=a_box(-400, -2000, 30, 2000), valid_from=MID)
    found = parts([*grids, half, far], "station:grid_post:50")
    assert found["total"]["attached"] == pytest.approx((0.5, -0.5, 0), abs=1e-6)
    old = a_station(geometry=a_box(-400, -2000, 30, 2000))
    drawn = a_compound("C2", geometry=a_box(60, 0, 100, 40), past={"geometry": ((LAST, None),)}, grid="G1")
    nearer = a_compound(
        "C3", geometry=a_box(50, 50, 90, 90), past={"geometry": ((LAST, a_box(60, 50, 100, 90)),)}
    )
    found = parts([*grids, old, drawn, nearer], "station:grid_post:50")["total"]
    assert found["settled_yes"] == pytest.approx((0.75, -0.25, -0.5), abs=1e-6)
    assert found["settled_no"] == pytest.approx((0, 0.5, -0.5), abs=1e-6)
    assert set(found) == {"settled_yes", "settled_no"}


def test_18_composed_answers():
    world = [*a_world(), a_compound("C1", grid="A1")]
    carriages = [
        *world, an_organisation(), an_attachment("C1"), a_firm(), an_engagement("C1", valid_until=LAST),
        a_fact("C1", "owners_committee", "elected"), a_fact("C1", "residents_committee", "yes"),
    ]  # fmt: skip
    assert parts(carriages, "three_carriages")["A1"] == {"ended": (-1, 1, 0)}
    surveyed = [
        a_fact("C1", key, "no")
        for key in ("authority", "defence_people", "defence_hardware", "gate_guard", "managing_body")
    ]
    firm = [
        *world,
        *surveyed,
        a_fact("C1", "property_firm", "no"),
        a_firm(),
        an_engagement("C1", valid_from=MID),
    ]
    assert parts(firm, "not_three_no")["A1"] == {"attached": (1, -1, 0)}


def test_18_five_haves():
    haves = [(key, "yes") for key in five_haves_facts() if key != "activities"]
    branch = [*a_world(), a_compound("C1", grid="A1"), an_organisation()]
    said = [a_fact("C1", key, value) for key, value in haves]
    both = [*branch, *said, an_attachment("C1", valid_from=MID), a_fact("C1", "activities", "yes", MID)]
    assert parts(both, "five_haves")["A1"] == {"attached": (1, 0, -1)}
    there = [*branch, *said, an_attachment("C1"), a_fact("C1", "activities", "yes", MID)]
    assert parts(there, "five_haves")["A1"] == {"settled_yes": (1, 0, -1)}


def five_haves_facts():
    from app.domain.profile.condition import terms_of

    found = []
    for item in a_profile().checklists["five_haves"].items:
        found += [term.argument for term in terms_of(item.when) if term.name == "fact"]
    return found


def test_19_who_comes_into_the_base():
    office = a_compound("C1", grid="A1", past={"kind": ((LAST, "unknown"),)})
    office = office.with_values(kind="office")
    assert parts([*a_world(), office])["A1"] == {"removed": (0, 0, -1)}
    assert parts([*a_world(), office], kind="office")["A1"] == {"new": (0, 0, 1)}
    eligible = [
        *a_world(),
        a_compound("C1", grid="A1"),
        an_organisation(type="functional_branch"),
        an_attachment("C1"),
    ]
    eligible.append(a_fact("C1", "branch_eligible", "yes", MID))
    assert parts(eligible, "functional_branch", profile=a_profile("quzhou"))["A1"] == {"new": (1, 0, 0)}


def test_20_turned_round_and_the_same_day():
    assert parts(records_of_7(), as_of=D1, against=D2) == {
        "A1": {"moved": (1, 0, 0)},
        "B1": {"moved": (-1, 0, 0), "ended": (1, -1, 0)},
        "total": {"ended": (1, -1, 0)},
    }
    assert parts(records_of_7(), as_of=D2, against=D2) == {}


def test_21_firms():
    records = [*a_world(), a_firm("F1"), a_firm("F2"), an_organisation(), an_attachment("F1")]
    for code, grid, until in (("C1", "A1", None), ("C2", "B1", LAST), ("C3", "B1", LAST)):
        records += [a_compound(code, grid=grid), an_engagement(code, firm="F1", valid_until=until)]
    records += [a_compound("C4", grid="B2"), an_engagement("C4", firm="F2", valid_until=LAST)]
    assert parts(records, "firms_with_party") == {
        "A1": {"moved": (1, 0, 0)},
        "B1": {"moved": (-1, 0, 0)},
        "B2": {"removed": (0, 0, -1)},
        "total": {"removed": (0, 0, -1)},
    }


def test_22_stages_that_count():
    profile = a_profile(stages='["contract"]')
    for before, after, seen in (
        ("trial", "contract", ("attached", (1, 0, -1))),
        ("contract", "fallback", ("ended", (-1, 0, 1))),
    ):
        engagement = an_engagement("C1", stage=after, past={"stage": ((LAST, before),)})
        found = parts(
            [*a_world(), a_compound("C1", grid="A1"), a_firm(), engagement], "property", profile=profile
        )
        assert found["A1"] == {seen[0]: seen[1]}


def test_23_the_other_end_ends():
    world = [*a_world(), a_compound("C1", grid="A1")]
    assert parts([*world, an_organisation(valid_until=LAST), an_attachment("C1")])["A1"] == {
        "ended": (-1, 1, 0)
    }
    firm = [*world, a_firm(valid_until=LAST), an_engagement("C1"), an_organisation(), an_attachment("F1")]
    assert parts(firm, "property")["A1"] == {"ended": (-1, 1, 0)}
    assert parts(firm, "firm_party")["A1"] == {"ended": (-1, 1, 0)}


def test_24_unplaced():
    gone = [
        a_grid("G1", geometry=a_box(0, 0, 100, 100), valid_until=LAST),
        a_compound(geometry=a_box(10, 10, 50, 50)),
    ]
    assert parts(gone) == {"G1": {"redrawn": (0, 0, -1)}, "unplaced": {"redrawn": (0, 0, 1)}}
    half = [*two_grids(), redrawn(a_box(10, 10, 50, 50), a_box(180, 10, 220, 50))]
    assert parts(half, count="split") == near(
        {"G1": {"moved": (0, 0, -1)}, "G2": {"moved": (0, 0, 0.5)}, "unplaced": {"moved": (0, 0, 0.5)}}
    )


def test_25_split_by_area():
    found = parts(
        [*two_grids(), redrawn(a_box(10, 10, 50, 50), a_box(80, 10, 120, 70))], count="split", weight="area"
    )
    assert found == {
        "G1": {
            "moved": pytest.approx((0, 0, -800), rel=1e-3),
            "weight": pytest.approx((0, 0, 400), rel=1e-3),
        },
        "G2": {"moved": pytest.approx((0, 0, 800), rel=1e-3), "weight": pytest.approx((0, 0, 400), rel=1e-3)},
        "total": {"weight": pytest.approx((0, 0, 800), rel=1e-3)},
    }


def test_26_one_comes_and_one_goes():
    records = [*a_world(), moved_compound(), a_compound("C2", grid="A1", past={"grid": ((LAST, "B1"),)})]
    assert parts(records) == {"A1": {"moved": (0, 0, 0)}, "B1": {"moved": (0, 0, 0)}}
    engine = CoverageEngine(a_dataset(*records), a_profile(), ZONE)
    (part,) = Change(engine, a_query(as_of=D2, against=D1)).parts("A1")
    assert part.codes == ("C1", "C2")


def test_27_recorded_in_what_followed():
    records = [
        a_grid("G1", valid_until=LAST),
        a_grid("G1a", valid_from=MID),
        a_compound("C1", grid="G1a", past={"grid": ((LAST, "G1"),)}),
    ]
    assert parts(records) == {"G1": {"redrawn": (0, 0, -1)}, "G1a": {"redrawn": (0, 0, 1)}}


def test_28_a_community_is_followed_and_a_grid_recorded_under_another():
    street = [a_district(), a_street("340102001", district="340102")]
    followed = [
        *street,
        a_community("K1", street="340102001", valid_until=LAST, successor="K2"),
        a_community("K2", street="340102001", valid_from=MID),
        a_grid("G1", community="K1"),
        a_compound("C1", grid="G1"),
    ]
    seen = {"K1": {"redrawn": (0, 0, -1)}, "K2": {"redrawn": (0, 0, 1)}}
    assert parts(followed, by="community") == seen
    assert parts(followed, "grid_branch", by="community") == seen
    recorded = [
        *street,
        a_community("K1", street="340102001"),
        a_community("K3", street="340102001"),
        a_grid("G1", community="K3", past={"community": ((LAST, "K1"),)}),
        a_compound("C1", grid="G1"),
    ]
    assert parts(recorded, by="community") == {"K1": {"redrawn": (0, 0, -1)}, "K3": {"redrawn": (0, 0, 1)}}
    assert parts(recorded, "grid_branch", by="community") == {
        "K1": {"moved": (0, 0, -1)},
        "K3": {"moved": (0, 0, 1)},
    }


def test_what_explain_says_of_a_subject():
    engine = CoverageEngine(a_dataset(*records_of_7()), a_profile(), ZONE)
    asked = a_query(as_of=D2, against=D1)
    moved, ended = Change(engine, asked).changed("B1")
    assert moved.as_json("zh") == {
        "code": "C1", "name": "小区C1", "part": "moved", "covered": 1, "uncovered": 0, "unknown": 0, "total": 1,
        "from": {"answer": "covered", "reason": "in_force", "units": ["A1"], "weight": 1},
        "to": {"answer": "uncovered", "reason": "ended", "units": ["B1"], "weight": 1},
    }  # fmt: skip
    assert (ended.part, tuple(ended.amounts)) == ("ended", (-1, 1, 0))
