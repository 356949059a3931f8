"""Random histories of splits and merges: nothing is lost or made up, no older day moves, no code comes twice, undo is exact."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.services.lineage.merge import plan_merge
from app.services.lineage.numbers import counts_shared, shared_out, total_of
from app.services.lineage.split import plan_split
from app.services.lineage.told import lineage_of
from app.services.lineage.write import write_plan
from app.services.registry.registry import Registry
from tests.app.lineage.lived_in import line
from tests.app.town import a_town, ground, made

FIRST = date(2026, 1, 1)
KINDS = ("compounds", "buildings", "attachments", "engagements", "cases", "lineage", "grids")
WIDE = 600  # [m] six compounds of 100 m in a row, in one grid


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A row of compounds that touch, each with a branch, a firm, a fact, a building, a count and a case."""
    rows = [
        made("grids", "G1", name="一格", community="340102001001", geometry=ground(0, 0, WIDE, 100)),
        made("firms", "F1", name="安心物业"),
    ]
    for n in range(6):
        code = f"C{n + 1:06d}"
        rows += [
            made("compounds", code, name=f"{n}", kind="old", households=50 + 7 * n, residents=None if n == 3 else 100, grid="G1", geometry=ground(100 * n, 0, 100, 100)),
            made("organisations", f"O{n}", name=f"支部{n}", type="branch"),
            made("attachments", f"A{n + 1:06d}", organisation=f"O{n}", to=code),
            made("engagements", f"E{n + 1:06d}", firm="F1", compound=code, stage="contract", valid_from=date(2020, 1, 1)),
            made("facts", f"{code}:gate_guard:2021-01-01", subject=code, key="gate_guard", value=("yes", "no")[n % 2], valid_from=date(2021, 1, 1)),
            made("buildings", f"B{n + 1:06d}", compound=code, geometry=ground(100 * n + 10, 10, 20, 20)),
            made("households", f"{code}:2025-01-01", subject=code, on=date(2025, 1, 1), households=50, imported=40, matched=39, surveyed=n),
            made("cases", f"M{n + 1:06d}", compound=code, level="compound", state="opened", opened=date(2025, 6, 1)),
        ]  # fmt: skip
    registry = a_town(tmp_path_factory.mktemp("row"), *rows, households={})
    registry.close()
    return registry.path.read_bytes()


def snapshot(registry, day):
    """Return all that holds on a day, but for how long it holds."""
    dataset = registry.dataset
    found = {}
    for kind in KINDS:
        for record in dataset.in_force(kind, day):
            fields = tuple(record.on(name, day) for name in _fields(kind))
            shape = record.geometry_on(day)
            found[kind, record.code] = (fields, None if shape is None else shape.wkb)
    subjects = [code for kind, code in found if kind == "compounds"]
    facts = {(code, key): dataset.fact_on(code, key, day) for code in subjects for key in dataset.facts(code)}
    counts = {
        (code, row.text("on")): row.values
        for code in subjects
        for row in dataset.household_counts(code)
        if row.text("on") <= day.isoformat()
    }
    return found, {key: fact.get("value") for key, fact in facts.items() if fact is not None}, counts


def _fields(kind):
    from app.domain.kinds import KINDS as ALL

    return tuple(field.name for field in ALL[kind].fields)


def sums(registry, day):
    """Return what must stay together: area, known households, ties, cases and buildings of compounds in force."""
    compounds = registry.dataset.in_force("compounds", day)
    codes = {record.code for record in compounds}
    area = sum(
        shape.area for shape in registry.zone.to_metres([record.geometry_on(day) for record in compounds])
    )
    households = sum(record.on("households", day) or 0 for record in compounds)
    branches = Counter(
        row.text("organisation")
        for row in registry.dataset.in_force("attachments", day)
        if row.get("to") in codes
    )
    cases = {row.code for row in registry.dataset.in_force("cases", day) if row.on("compound", day) in codes}
    buildings = {
        row.code for row in registry.dataset.in_force("buildings", day) if row.on("compound", day) in codes
    }
    return area, households, branches, cases, buildings


def is_acyclic(dataset):
    def seen_from(code, above):
        assert code not in above, (code, above)
        for after, _ in lineage_of(dataset, code).after:
            seen_from(after, {*above, code})

    for row in dataset.of("lineage").values():
        seen_from(row.text("before"), set())
    return True


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_that_no_history_loses_makes_up_or_moves_anything(kept, tmp_path_factory, data):
    path = tmp_path_factory.mktemp("any") / "a.gpkg"
    path.write_bytes(kept)
    registry = Registry.open(path, by="tester")
    day, known, used = FIRST, {}, set(registry.dataset.used_codes)
    whole = sums(registry, day)
    for _ in range(data.draw(st.integers(1, 4), label="steps")):
        yesterday = day
        day += timedelta(days=data.draw(st.integers(1, 40), label="days"))
        known[yesterday] = snapshot(registry, yesterday)
        known[day - timedelta(days=1)] = snapshot(registry, day - timedelta(days=1))
        compounds = [record.code for record in registry.dataset.in_force("compounds", day)]
        boxes = {
            code: registry.zone.to_metres([registry.find(code).geometry])[0].bounds for code in compounds
        }
        if data.draw(st.booleans(), label="split"):
            wide = [code for code, box in boxes.items() if box[2] - box[0] > 20]
            code = data.draw(st.sampled_from(wide), label="which")
            west, _, east, _ = boxes[code]
            at = data.draw(st.integers(5, 95), label="where")
            left = registry.zone.to_metres([registry.find("G1").geometry])[0].bounds[0]
            middle = west - left + (east - west) * at / 100
            plan = plan_split(registry, code, by=line((middle, -10), (middle, 110)), since=day)
        else:
            at = data.draw(st.integers(0, len(compounds) - 1), label="first")
            ordered = sorted(compounds, key=lambda code: boxes[code])
            codes = ordered[at : at + data.draw(st.integers(2, 3), label="count")]
            into = data.draw(st.sampled_from([None, *codes]), label="into")
            try:
                plan = plan_merge(registry, codes, into=into, since=day)
            except InvalidInput:
                assert len(codes) < 2
                continue
        ties = [item for item in plan.items if item.to and item.may_stay and item.key.startswith("A")]
        written = write_plan(registry, plan)
        new = {target.code for target in plan.targets if plan.into is None}
        assert new.isdisjoint(used)
        used |= set(registry.dataset.used_codes)
        if data.draw(st.booleans(), label="taken back"):
            before = known[day - timedelta(days=1)]
            registry.undo(written.changes.change)
            assert snapshot(registry, day - timedelta(days=1)) == before
            assert snapshot(registry, day) == before
            continue
        for then, what in known.items():
            assert snapshot(registry, then) == what, then
        assert ties == [item for item in ties if item.to]
        area, households, branches, cases, buildings = sums(registry, day)
        assert area == pytest.approx(whole[0], rel=1e-9)
        assert (households, branches, cases, buildings) == whole[1:]
        assert is_acyclic(registry.dataset)
    registry.close()


@given(
    st.one_of(st.none(), st.integers(0, 10**6)),
    st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=9),
)
def test_that_what_is_shared_out_adds_up_to_the_unit(total, weights):
    shares = shared_out(total, weights)
    assert len(shares) == len(weights)
    if total is None:
        assert set(shares) == {None}
        return
    assert sum(shares) == total
    assert all(share >= 0 for share in shares)
    assert total_of(shares) == total
    whole = sum(weights)
    if whole > 0:
        assert all(
            abs(share - total * weight / whole) < 1 + 1e-6 * total
            for share, weight in zip(shares, weights, strict=True)
        )


@given(st.data())
def test_that_no_part_has_more_of_something_than_of_what_it_is_a_part_of(data):
    imported = data.draw(st.one_of(st.none(), st.integers(0, 5000)))
    matched = None if imported is None else data.draw(st.one_of(st.none(), st.integers(0, imported)))
    households = data.draw(st.integers(0, 5000))
    surveyed = data.draw(st.integers(0, households))
    row = made(
        "households",
        "x",
        subject="C1",
        on=FIRST,
        households=households,
        imported=imported,
        matched=matched,
        surveyed=surveyed,
    )
    weights = data.draw(st.lists(st.floats(0, 1e6), min_size=2, max_size=6))
    parts = counts_shared(row, weights)
    for name in ("households", "imported", "matched", "surveyed"):
        values = [part[name] for part in parts]
        assert total_of(values) == row.get(name)
    for part in parts:
        if part["matched"] is not None:
            assert part["matched"] <= part["imported"]
        assert part["surveyed"] <= part["households"]
