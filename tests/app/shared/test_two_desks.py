"""Two desks that change the same record, on a file and on a server: nothing is written over unasked, nothing is lost."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date, timedelta

import pytest
from shapely import box

from app.domain.edits import Put
from app.domain.period import today
from app.errors import Conflict, StorageFault
from app.services.edit import edit
from app.services.edit.conflicts import brought_back, chosen_edits, open_disagreements, write_chosen
from app.services.edit.sheet_edits import CellEdit, write_cells
from app.services.registry.disagreed import Disagreed
from app.services.registry.registry import Registry
from app.text import Text
from tests.app.builders import LAT, LON
from tests.app.shared.test_both_stores import place
from ui.cli.run import run

__all__ = ["place"]

GRID = "340102001001001"
JUNE = date(2026, 6, 1)


@pytest.fixture
def desks(place):
    """Return the registry at two desks, mine and theirs."""
    with (
        closing(Registry.open(place, by="mine")) as mine,
        closing(Registry.open(place, by="theirs")) as theirs,
    ):
        yield mine, theirs


def refused(error):
    return [(d.kind, d.code, d.field, d.base, d.mine, d.theirs) for d in error.value.disagreements]


def answers(error, side):
    return {found.id: side for found in error.value.disagreements}


def test_that_who_wrote_a_fact_is_not_whoever_wrote_another_one_of_the_record_later(desks):
    mine, theirs = desks
    seen = mine.dataset
    edit.set_values(theirs, ["C1"], {"authority": "no"}, since=JUNE)
    edit.set_values(theirs, ["C1"], {"authority": "yes"}, since=JUNE)
    mine.refresh()
    edit.set_values(mine, ["C1"], {"defence_people": "yes"}, since=JUNE)
    with mine.seeing(seen), pytest.raises(Disagreed) as error:
        edit.set_values(mine, ["C1"], {"authority": "no"}, since=JUNE)
    assert [(one.field, one.by) for one in error.value.disagreements] == [("authority", theirs.by)]


@pytest.mark.parametrize("has_heard", [False, True])
def test_that_a_value_is_not_written_over_that_was_not_seen_whether_or_not_the_desk_heard_of_it(
    desks, has_heard
):
    mine, theirs = desks
    seen = mine.dataset
    edit.set_values(theirs, ["C1"], {"name": "他们的", "address": "二号"}, why="核")
    if has_heard:
        assert mine.refresh() is not None
    with mine.seeing(seen), pytest.raises(Disagreed) as error:
        edit.set_values(mine, ["C1"], {"name": "我的", "households": "500"})
    assert refused(error) == [("hard", "C1", "name", "大关东三苑", "我的", "他们的")]
    (found,) = error.value.disagreements
    assert (found.by, found.name) == (theirs.by, "他们的")
    assert found.at is not None
    assert "他们的" in error.value.problems[0].message.zh
    mine.refresh()
    assert mine.dataset.find("C1").get("households") == 412, "nothing was written"
    change = error.value.wanted
    assert open_disagreements(mine, change) == error.value.disagreements
    with pytest.raises(Disagreed):
        write_chosen(mine, change, {})
    write_chosen(mine, change, answers(error, "mine"))
    now = mine.dataset.find("C1")
    assert [now.get(f) for f in ("name", "households", "address")] == ["我的", 500, "二号"]
    mine.undo()
    now = mine.dataset.find("C1")
    assert [now.get(f) for f in ("name", "households", "address")] == ["他们的", 412, "二号"]


def test_that_fields_that_do_not_touch_each_other_are_merged_and_equal_ones_are_no_matter(desks):
    mine, theirs = desks
    seen = mine.dataset
    edit.set_values(theirs, ["C1"], {"address": "二号", "property_firm": "yes"})
    edit.set_values(mine, ["C1"], {"name": "我的"})
    with mine.seeing(seen):
        edit.set_values(mine, ["C1"], {"address": "二号"})
        edit.set_values(mine, ["C1"], {"property_firm": "yes"})
        write_cells(mine, [CellEdit("C1", "households", "7", 1, "户数")])
    now = mine.dataset.find("C1")
    assert [now.get(f) for f in ("name", "households", "address")] == ["我的", 7, "二号"]


def test_that_what_others_wrote_into_a_record_is_not_seen_by_writing_another_of_its_fields(desks):
    """The desk heard of their count only with its own write, and counted on from what it had before its eyes."""
    mine, theirs = desks
    seen = mine.dataset
    edit.set_values(theirs, ["C1"], {"households": "420"})
    edit.set_values(mine, ["C1"], {"name": "我的"})
    with mine.seeing(seen), pytest.raises(Disagreed) as error:
        edit.set_values(mine, ["C1"], {"households": "413"})
    assert refused(error) == [("hard", "C1", "households", 412, 413, 420)]
    with mine.seeing(seen):
        edit.set_values(mine, ["C1"], {"name": "再改"})
    theirs.refresh()
    edit.set_values(theirs, ["C1"], {"name": "他们的"})
    edit.set_values(mine, ["C1"], {"address": "二号"})
    with mine.seeing(seen), pytest.raises(Disagreed) as error:
        edit.set_values(mine, ["C1"], {"name": "又改"})
    assert [found.theirs for found in error.value.disagreements] == ["他们的"]


def test_that_a_change_that_was_kept_is_not_told_as_refused_where_the_way_breaks_after_it(desks, monkeypatch):
    """The desk asks what others wrote meanwhile, and hears nothing any more: its own change is there, here and there."""
    mine, theirs = desks
    edit.set_values(theirs, ["C2"], {"name": "他们的"})

    def away(*_: object, **__: object) -> None:
        raise StorageFault(Text("连不上", "away"))

    with monkeypatch.context() as broken:
        broken.setattr("app.services.registry.deciding.journal.read_history", away)
        done = edit.set_values(mine, ["C1"], {"name": "我的"})
    assert (done.codes, done.others.codes) == (("C1",), ("C2",))
    assert [mine.dataset.find(code).get("name") for code in ("C1", "C2")] == ["我的", "他们的"]
    assert theirs.refresh().codes == ("C1",)


def test_that_a_choice_that_somebody_overtook_is_asked_again(desks):
    mine, theirs = desks
    seen = mine.dataset
    edit.set_values(theirs, ["C1"], {"property_firm": "yes"})
    with mine.seeing(seen), pytest.raises(Disagreed) as error:
        edit.set_values(mine, ["C1"], {"property_firm": "no"})
    assert refused(error) == [("hard", "C1", "property_firm", None, "no", "yes")]
    edit.set_values(theirs, ["C1"], {"property_firm": "unknown"})
    with pytest.raises(Disagreed) as again:
        write_chosen(mine, error.value.wanted, answers(error, "mine"))
    assert refused(again) == [("hard", "C1", "property_firm", None, "no", "unknown")]
    write_chosen(mine, error.value.wanted, answers(again, "mine"))
    assert mine.dataset.fact_on("C1", "property_firm", today()).text("value") == "no"


def test_that_taking_out_and_changing_are_a_question_from_either_side(desks):
    mine, theirs = desks
    seen = mine.dataset
    edit.set_values(theirs, ["C1"], {"name": "他们的"})
    with mine.seeing(seen), pytest.raises(Disagreed) as error:
        edit.remove(mine, "C1", why="登错了")
    assert [(d.kind, d.code, d.mine) for d in error.value.disagreements] == [("deleted", "C1", "removed")]
    mine.refresh()
    seen = mine.dataset
    edit.remove(theirs, "C1", why="拆了")
    with mine.seeing(seen), pytest.raises(Disagreed) as error:
        edit.set_values(mine, ["C1"], {"name": "我的"})
    assert refused(error) == [("deleted", "C1", "", "kept", "kept", "removed")]
    assert error.value.disagreements[0].by == theirs.by
    write_chosen(mine, error.value.wanted, answers(error, "mine"))
    assert mine.dataset.find("C1").get("name") == "我的"
    theirs.refresh()
    assert theirs.dataset.find("C1") == mine.dataset.find("C1")
    mine.undo()
    assert mine.dataset.find("C1") is None


def test_that_the_same_attachment_made_and_ended_at_both_desks_is_one_and_its_days_are_asked(desks):
    mine, theirs = desks
    seen = mine.dataset
    edit.attach(theirs, "O1", ["C1"], since=JUNE)
    with mine.seeing(seen):
        assert edit.attach(mine, "O1", ["C1"], since=JUNE).change is None, "it is there already"
        with pytest.raises(Disagreed) as error:
            edit.attach(mine, "O1", ["C1"], since=JUNE - timedelta(3))
    assert [d.field for d in error.value.disagreements] == ["valid_from"]
    seen, (row,) = mine.dataset, mine.dataset.attachments_to("C1")
    edit.detach(theirs, row.code, on=JUNE + timedelta(9), why="换届")
    with mine.seeing(seen):
        assert edit.detach(mine, row.code, on=JUNE + timedelta(9), why="换届").change is None
        with pytest.raises(Disagreed) as error:
            edit.detach(mine, row.code, on=JUNE + timedelta(5), why="换届")
    (found,) = error.value.disagreements
    assert (found.field, found.name, found.base) == ("valid_until", "第一网格支部", None)
    write_chosen(mine, error.value.wanted, answers(error, "mine"))
    assert mine.dataset.of("attachments")[row.code].valid_until == JUNE + timedelta(4)


def test_that_a_code_given_at_both_desks_is_a_question_and_both_records_stand(desks):
    mine, theirs = desks
    edit.add(theirs, "firms", {"code": "F7", "name": "他们的"})
    with pytest.raises(Disagreed) as error:
        edit.add(mine, "firms", {"code": "F7", "name": "我的"})
    assert refused(error) == [("code", "F7", "code", None, "我的", "他们的")]
    write_chosen(mine, error.value.wanted, answers(error, "mine"))
    assert sorted(firm.text("name") for firm in mine.dataset.of("firms").values()) == [
        "他们的",
        "安居物业",
        "我的",
    ]


def test_that_outlines_moved_at_both_desks_are_one_choice(desks):
    mine, theirs = desks
    seen = mine.dataset

    def moved(registry, by):
        return [
            Put((old := registry.dataset.find(code))._replace(geometry=shape, version=old.version + 1), old)
            for code, shape in (
                (GRID, box(LON, LAT, LON + by, LAT + 0.02)),
                ("340102001001002", box(LON + by, LAT, LON + 0.02, LAT + 0.02)),
            )
        ]

    edits = moved(mine, 0.009)
    theirs.commit(moved(theirs, 0.011), verb="set")
    with pytest.raises(Disagreed) as error:
        mine.commit(edits, verb="set")
    (found,) = error.value.disagreements
    assert (found.kind, set(found.codes), found.by) == ("outline", {GRID, "340102001001002"}, theirs.by)
    mine.refresh()
    change, merged = brought_back(mine, edits, seen, verb="set")
    assert merged.disagreements[0].by == theirs.by
    with pytest.raises(Disagreed):
        chosen_edits(mine, change, {})
    write_chosen(mine, change, {found.id: "mine" for found in merged.disagreements})
    assert [mine.dataset.find(code).geometry.bounds[2] for code in (GRID,)] == [LON + 0.009]
    with pytest.raises(Conflict):  # decided on data that are gone, of a desk that heard of it
        mine.commit(moved_back(edits), verb="set")


def moved_back(edits):
    """Return the edits of somebody who would move the border elsewhere, and still holds what stood at first."""
    return [
        Put(edit_.before._replace(geometry=box(LON, LAT, LON + 0.005, LAT + 0.02)), edit_.before)
        for edit_ in edits[:1]
    ]


def test_that_a_verb_says_both_sides_and_exits_3(place, capsys, monkeypatch):
    set_values = edit.set_values

    def overtaken(registry, codes, values, **more):
        with closing(Registry.open(place, by="theirs")) as theirs:
            set_values(theirs, ["C1"], {"name": "他们的"})
        return set_values(registry, codes, values, **more)

    monkeypatch.setattr("app.services.edit.edit.set_values", overtaken)
    assert run(["set", str(place), "C1", "name=我的", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)["error"]
    assert told["kind"] == "conflict"
    assert [(c["code"], c["field"], c["base"], c["mine"], c["theirs"]) for c in told["conflicts"]] == [
        ("C1", "name", "大关东三苑", "我的", "他们的")
    ]
    assert told["conflicts"][0]["at"] is not None
    assert told["problems"][0]["column"] == "name"
