"""What was decided on older data, on newer data: what stands, what is asked, and what a choice makes of it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from shapely import box

from app.domain.conflict.merge import merge
from app.domain.dataset import Dataset
from app.domain.edits import Put, Remove
from app.domain.record import fact_code, make_record
from app.services.profile.profiles import load_profile
from app.services.registry.checks import after
from app.services.registry.disagreed import wanted, wanted_from

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)


@pytest.fixture(scope="module")
def profile():
    return load_profile("yaohai")


@pytest.fixture
def seen():
    """Two compounds, an organisation attached to the first, and two grids side by side."""
    grids = [
        make_record("grids", f"g{n}", f"34010200100100{n}", name=f"第{n}网格", geometry=box(n - 1, 0, n, 1))
        for n in (1, 2, 3)
    ]
    return Dataset({}).with_changes(
        [
            make_record("compounds", "i1", "C1", name="甲", kind="old", households=100, address="一号"),
            make_record("compounds", "i2", "C2", name="乙", kind="old"),
            make_record("organisations", "o1", "O1", name="支部", type="branch"),
            make_record("attachments", "a1", "A1", organisation="O1", to="C1", valid_from=JUNE),
            fact("no", JUNE),
            *grids,
        ]
    )


def fact(value, first, subject="C1", row="f1"):
    return make_record(
        "facts",
        row,
        fact_code(subject, "property_firm", first),
        valid_from=first,
        subject=subject,
        key="property_firm",
        value=value,
    )


def put(dataset, code, **values):
    """Return the edit of somebody who had ``dataset`` before their eyes."""
    old = dataset.find(code)
    own = {name: values.pop(name) for name in ("geometry", "valid_until") if name in values}
    return Put(old.with_values(**values)._replace(version=old.version + 1, **own), old)


def chosen(merged, side):
    return {found.id: side for found in merged.disagreements}


def said(merged):
    return [(d.kind, d.code, d.field, d.base, d.mine, d.theirs) for d in merged.disagreements]


def test_that_fields_that_do_not_touch_each_other_merge_without_a_question(seen, profile):
    now = after(seen, [put(seen, "C1", address="二号")])
    merged = merge([put(seen, "C1", name="丙")], seen, now, profile)
    assert merged.disagreements == ()
    then = after(now, merged.edits).find("C1")
    assert (then.get("name"), then.get("address"), then.version) == ("丙", "二号", 3)


def test_that_equal_values_of_one_field_are_no_disagreement(seen, profile):
    now = after(seen, [put(seen, "C1", name="丙")])
    assert merge([put(seen, "C1", name="丙")], seen, now, profile) == ((), (), {})


@pytest.mark.parametrize("decided_on", ["what was seen", "what is now"])
@pytest.mark.parametrize(("side", "name"), [("base", "甲"), ("mine", "丙"), ("theirs", "丁")])
def test_that_one_field_with_two_values_is_asked_and_a_choice_decides(seen, profile, decided_on, side, name):
    now = after(seen, [put(seen, "C1", name="丁", address="二号")])
    edits = [put(seen if decided_on == "what was seen" else now, "C1", name="丙", households=200)]
    merged = merge(edits, seen, now, profile)
    assert said(merged) == [("hard", "C1", "name", "甲", "丙", "丁")]
    assert after(now, merged.edits).find("C1").get("name") == "丁", "nothing is taken unasked"
    again = merge(edits, seen, now, profile, chosen(merged, side))
    then = after(now, again.edits).find("C1")
    assert again.disagreements == ()
    assert (then.get("name"), then.get("households"), then.get("address")) == (name, 200, "二号")


def test_that_a_choice_does_not_outlive_the_other_side(seen, profile):
    edits = [put(seen, "C1", name="丙")]
    now = after(seen, [put(seen, "C1", name="丁")])
    choices = chosen(merge(edits, seen, now, profile), "mine")
    later = after(now, [put(now, "C1", name="戊")])
    assert said(merge(edits, seen, later, profile, choices)) == [("hard", "C1", "name", "甲", "丙", "戊")]


def test_that_a_field_sent_as_it_was_seen_takes_nothing_back(seen, profile):
    now = after(seen, [put(seen, "C1", name="丁")])
    assert merge([put(now, "C1", name="甲", households=7)], seen, now, profile).disagreements == ()
    merged = merge([put(now, "C1", name="甲", households=7)], seen, now, profile)
    assert after(now, merged.edits).find("C1").get("name") == "丁"


def test_that_a_record_taken_out_meanwhile_is_asked_and_comes_back_whole(seen, profile):
    now = after(seen, [Remove(seen.find("C1")), Remove(seen.find("A1")), Remove(fact("no", JUNE))])
    for edits in (
        [put(seen, "C1", name="丙")],
        [put(seen, "A1", valid_until=JULY)],
        [Put(fact("yes", JULY, row="f2"))],
        [Put(make_record("attachments", "a2", "A2", organisation="O1", to="C1", role="x", valid_from=JULY))],
    ):
        merged = merge(edits, seen, now, profile)
        assert [(d.kind, d.code, d.mine, d.theirs) for d in merged.disagreements] == [
            ("deleted", "C1", "kept", "removed")
        ], edits
        assert merged.edits == ()
        assert merge(edits, seen, now, profile, chosen(merged, "theirs")).edits == ()
        then = after(now, merge(edits, seen, now, profile, chosen(merged, "mine")).edits)
        assert {"C1", "A1"} <= {
            r.code for kind in ("compounds", "attachments") for r in then.of(kind).values()
        }
        assert then.facts("C1")["property_firm"][0].text("value") == "no"
        wrote = edits[0].record
        assert then.of(wrote.kind)[wrote.code].values == wrote.values


def test_that_a_record_changed_meanwhile_is_not_taken_out_unasked(seen, profile):
    edits = [Remove(seen.find("C1")), Remove(seen.find("A1")), Remove(fact("no", JUNE))]
    for theirs in (
        put(seen, "C1", name="丁"),
        Put(fact("yes", JULY, row="f2")),
        put(seen, "A1", valid_until=JULY),
    ):
        now = after(seen, [theirs])
        merged = merge(edits, seen, now, profile)
        assert [(d.kind, d.code, d.mine) for d in merged.disagreements] == [("deleted", "C1", "removed")]
        assert merged.edits == ()
        then = after(now, merge(edits, seen, now, profile, chosen(merged, "mine")).edits)
        assert then.find("C1") is None
        assert not then.of("facts"), "what hung on it goes with it"
        assert not then.of("attachments")
    now = after(seen, [put(seen, "C2", name="丁")])
    assert len(merge(edits, seen, now, profile).edits) == 3, "of another record: no matter"
    assert merge(edits, seen, after(seen, edits), profile).edits == (), "gone already"


def test_that_a_fact_that_came_to_hold_meanwhile_is_not_written_over_unasked(seen, profile):
    same_day = after(seen, [Put(fact("yes", JULY, row="f9"))])
    earlier = after(seen, [Put(fact("yes", date(2026, 6, 15), row="f9"))])
    for now in (same_day, earlier):
        merged = merge([Put(fact("unknown", JULY, row="f2"))], seen, now, profile)
        assert said(merged) == [("hard", "C1", "property_firm", "no", "unknown", "yes")]
        assert merged.disagreements[0].since == JULY
        for side, value in (("mine", "unknown"), ("theirs", "yes"), ("base", "no")):
            edits = merge(
                [Put(fact("unknown", JULY, row="f2"))], seen, now, profile, chosen(merged, side)
            ).edits
            assert after(now, edits).fact_on("C1", "property_firm", JULY).text("value") == value
        agreed = merge([Put(fact("yes", JULY, row="f2"))], seen, now, profile)
        assert agreed.disagreements == ()


def test_that_a_code_given_by_hand_at_both_desks_is_asked_and_both_records_stand(seen, profile):
    now = after(seen, [Put(make_record("firms", "x1", "F9", name="他们的"))])
    edits = [
        Put(make_record("firms", "x2", "F9", name="我的")),
        Put(
            make_record(
                "engagements", "e1", "E1", firm="F9", compound="C1", stage="contract", valid_from=JUNE
            )
        ),
    ]
    merged = merge(edits, seen, now, profile)
    assert said(merged) == [("code", "F9", "code", None, "我的", "他们的")]
    assert merge(edits, seen, now, profile, chosen(merged, "theirs")).edits == ()
    both = merge(edits, seen, now, profile, chosen(merged, "mine"))
    then = after(now, both.edits)
    assert then.find("F9").text("name") == "他们的"
    assert then.find(both.recoded["F9"]).text("name") == "我的"
    assert then.find("E1").text("firm") == both.recoded["F9"]


def test_that_a_code_the_program_made_at_both_desks_is_made_anew_without_a_question(seen, profile):
    now = after(seen, [Put(make_record("compounds", "x1", "C000001", name="他们的"))])
    edits = [
        Put(make_record("compounds", "x2", "C000001", name="我的")),
        Put(fact("yes", JUNE, subject="C000001", row="f2")),
    ]
    merged = merge(edits, seen, now, profile)
    assert (merged.disagreements, merged.recoded) == ((), {"C000001": "C000002"})
    then = after(now, merged.edits)
    assert then.find("C000002").text("name") == "我的"
    assert then.fact_on("C000002", "property_firm", JUNE).text("value") == "yes"
    by_hand = merge(edits, seen, now, profile, recodes=False)
    assert [d.kind for d in by_hand.disagreements] == ["code"]
    assert merge(edits, seen, after(seen, edits), profile).edits == (), "brought back twice it is there once"


def test_that_the_same_span_made_at_both_desks_is_one_row_whose_days_are_asked(seen, profile):
    def span(row, code, last):
        return Put(
            make_record(
                "engagements",
                row,
                code,
                firm="F1",
                compound="C2",
                stage="contract",
                valid_from=JUNE,
                valid_until=last,
            )
        )

    now = after(seen, [span("x1", "E1", None)])
    assert merge([span("x2", "E2", None)], seen, now, profile).edits == ()
    merged = merge([span("x2", "E2", JULY)], seen, now, profile)
    assert said(merged) == [("hard", "E1", "valid_until", None, JULY, None)]
    then = after(now, merge([span("x2", "E2", JULY)], seen, now, profile, chosen(merged, "mine")).edits)
    assert [row.valid_until for row in then.of("engagements").values()] == [JULY]


def test_that_a_border_moved_by_two_is_one_choice_and_the_units_go_on_tiling(seen, profile):
    g1, g2, g3 = (f"34010200100100{n}" for n in (1, 2, 3))
    mine = [put(seen, g1, geometry=box(0, 0, 1.2, 1)), put(seen, g2, geometry=box(1.2, 0, 2, 1))]
    theirs = [put(seen, g2, geometry=box(1, 0, 1.8, 1)), put(seen, g3, geometry=box(1.8, 0, 3, 1))]
    now = after(seen, theirs)
    merged = merge(mine, seen, now, profile)
    (found,) = merged.disagreements
    assert (found.kind, found.field, set(found.codes)) == ("outline", "geometry", {g1, g2, g3})
    for side, whole in (("mine", mine), ("theirs", theirs), ("base", ())):
        then = after(now, merge(mine, seen, now, profile, {found.id: side}).edits)
        wanted_ = after(seen, whole)
        for code in (g1, g2, g3):
            assert then.find(code).geometry == wanted_.find(code).geometry, (side, code)
    assert merge(mine, seen, after(seen, theirs[1:]), profile).disagreements == (), "another border of it"


def test_that_what_was_wanted_is_the_same_after_it_was_kept_as_text(seen, profile):
    now = after(
        seen, [put(seen, "C1", name="丁"), put(seen, "34010200100100" + "1", geometry=box(0, 0, 1, 2))]
    )
    edits = [
        put(seen, "C1", name="丙"),
        Put(fact("yes", JULY, row="f2")),
        put(seen, "34010200100100" + "1", geometry=box(0, 0, 1, 3)),
        Remove(seen.find("C2")),
    ]
    whole = merge(edits, seen, now, profile)
    change = wanted(edits, seen, verb="set", why="核", recodes=True)
    again = wanted_from(json.loads(json.dumps(change.as_kept())))
    assert (
        again.on(now, profile).disagreements == change.on(now, profile).disagreements == whole.disagreements
    )
    assert len(whole.disagreements) == 2
    assert (again.verb, again.why) == ("set", "核")
    assert again.on(now, profile).edits == whole.edits


def test_that_a_disagreement_as_json_has_no_hexadecimal_and_days_as_text(seen, profile):
    code = "340102001001001"
    now = after(seen, [put(seen, code, geometry=box(0, 0, 1, 2)), Put(fact("yes", JULY, row="f9"))])
    edits = [put(seen, code, geometry=box(0, 0, 1, 3)), Put(fact("unknown", JULY, row="f2"))]
    rows = {
        row["kind"]: row for d in merge(edits, seen, now, profile).disagreements for row in [d.as_json("zh")]
    }
    assert rows["outline"]["mine"].startswith("POLYGON ((")
    assert rows["hard"]["from"] == "2026-07-01"
    assert json.loads(json.dumps(rows)) == rows
    assert set(rows["hard"]) >= {
        "id", "code", "codes", "field", "from", "kind", "base", "mine", "theirs", "by", "at", "reason"
    }  # fmt: skip
