"""What was decided of a table holds for the next one with the same headings, and for no other."""

from __future__ import annotations

import json

import pytest

from app.domain.edits import Changes
from app.exchange.habits import Habit, Habits, shape_of
from app.exchange.picture import Sheet
from app.exchange.reader import Source
from app.files import write_over
from app.services.bring_in.habits import forget_habit, kept_habits, learn
from app.services.bring_in.import_data import ImportRequest, plan_of
from tests.app.builders import a_small_registry

WRITTEN = Changes(7, "import", ())
HEAD = "名目,类,多少,地方\n"
SAID = {
    "mapping": {"name": "名目", "kind": "类", "households": "多少"},
    "leave": ("地方",),
    "answers": {"类:老房": "老旧"},
}


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = a_small_registry(tmp_path_factory.mktemp("habits"))
    yield registry
    registry.close()


@pytest.fixture
def plan(registry, tmp_path):
    """Return a function that plans a table, by the habits that are kept."""

    def do(text, kind="compounds", **said):
        rows = [line.split(",") for line in text.splitlines()]
        source = Source(
            path=tmp_path / "roster.csv",
            format="csv",
            layer=None,
            columns=None,
            rows=(),
            sheets=(Sheet(None, rows),),
            has_outlines=False,
            crs=None,
            encoding="utf-8",
            notes=(),
        )
        return plan_of(
            registry, source, ImportRequest(source=source.path, kind=kind, habits=kept_habits(), **said)
        )

    return do


@pytest.fixture
def learnt(plan):
    learn(plan(HEAD + "甲院,老房,120,某路1号\n", **SAID), WRITTEN)


def by(plan):
    return {meaning.column: (meaning.field, meaning.by) for meaning in plan.columns}


def test_that_what_was_decided_holds_for_the_next_with_the_same_headings(plan, learnt):
    found = plan("名 目,类,多少,地方,\n丙院,老房,80,某路2号,\n")
    assert by(found) == {
        "名 目": ("name", "habit"),
        "类": ("kind", "habit"),
        "多少": ("households", "habit"),
    }
    assert [left.column for left in found.left_columns] == ["地方"]
    assert found.refusal() is None
    assert {cell.field: cell.after for cell in found.rows[0].cells}["kind"] == "old"
    assert len(found.by_habit) == 5


@pytest.mark.parametrize(
    "text", ["名目,类,多少\n丙院,老房,80\n", "类,名目,多少,地方\n老房,丙院,80,某路2号\n"]
)
def test_that_other_headings_are_another_source(plan, learnt, text):
    assert plan(text, mapping={"name": "名目"}).by_habit == ()


def test_that_another_kind_is_another_source(plan, learnt):
    assert plan(HEAD + "丙院,老房,80,某路2号\n", kind="firms", mapping={"name": "名目"}).by_habit == ()


def test_that_headings_that_are_known_are_found_under_titles(plan, learnt):
    found = plan("某街道摸底表,,,\n填报单位:某某,,,2027\n" + HEAD + "丙院,老旧,80,某路2号\n")
    assert found.counts["create"] == 1
    assert by(found)["名目"] == ("name", "habit")


def test_that_an_option_of_the_run_comes_first(plan, learnt):
    text = HEAD + "丙院,老房,80,某路2号\n"
    found = plan(text, mapping={"residents": "多少"}, answers={"类": "leave"})
    assert by(found)["多少"] == ("residents", "user")
    assert "kind" not in {cell.field for cell in found.rows[0].cells if cell.after == "old"}
    other = plan(text, mapping={"households": "地方"})
    assert by(other)["地方"] == ("households", "user")
    assert "households" not in {one.field for one in other.by_habit}
    assert "多少" not in by(plan(text, leave=("多少",)))
    learn(found, WRITTEN)
    assert by(plan(text))["多少"] == ("residents", "habit")
    assert kept_habits().of["compounds", shape_of(HEAD.strip().split(","))].answers == {"类": {"": "leave"}}


def test_that_columns_that_are_joined_now_come_first_and_the_source_is_known_all_the_same(plan, learnt):
    found = plan(HEAD + "丙院,老房,80,一期\n", joins={"name": "名目+地方"})
    assert found.rows[0].name == "丙院一期"
    assert by(found)["类"] == ("kind", "habit")
    assert ("name", "habit") not in by(found).values()


def test_that_values_of_another_form_are_asked_about(plan, learnt):
    text = HEAD + "丙院,老房,看情况,某路2号\n丁院,老房,说不好,某路3号\n"
    found = plan(text)
    assert "多少" not in by(found)
    assert [asked.field for asked in found.asked_fields] == ["households"]
    assert "上次当作户数" in found.refusal().message.zh
    assert plan(text, leave=("多少",)).refusal() is None
    assert by(plan(text, mapping={"households": "多少"}))["多少"] == ("households", "user")


def test_that_personal_numbers_are_taken_by_no_habit(plan, learnt):
    found = plan(HEAD + "丙院,老房,13800138000,某路2号\n丁院,老房,13800138001,某路3号\n")
    assert "多少" not in by(found)
    assert found.asked_fields == ()
    assert "households" not in {one.field for one in found.by_habit}
    assert "1380013800" not in str(found.as_json("zh"))
    assert ("多少", "personal") in [(left.column, left.why) for left in found.left_columns]


def test_that_nothing_is_learnt_but_from_what_was_written_and_decided(plan):
    text = "小区名称,户数\n丙院,80\n"
    learn(plan(text), WRITTEN)
    assert kept_habits() == Habits()
    said = plan(HEAD + "丙院,老旧,80,某路2号\n", **SAID)
    learn(said, Changes(None, "import", ()))
    assert kept_habits() == Habits()


def test_that_no_cell_row_or_datum_is_kept(plan):
    text = "名目,性质,门卫,备 注\n丙院,老房,张三,某路2号\n丁院,老房,查无,某路3号\n"
    found = plan(
        text,
        mapping={"name": "名目", "kind": "性质", "gate_guard": "门卫"},
        datum="wgs84",
        crs="EPSG:4490",
        answers={"性质:老房": "old", "门卫:张三": "yes", "1": "new", "丙院": "leave"},
        constants={"address": "某路", "kind": "old"},
        only=(("备 注", "某路2号"),),
        edits={"1:名目": "戊院"},
    )
    learn(found, WRITTEN)
    (habit,) = kept_habits().of.values()
    assert habit == Habit(
        kind="compounds",
        headings=("名目", "性质", "门卫", "备注"),
        columns={"名目": "name", "性质": "kind", "门卫": "gate_guard"},
        constants={"kind": "old"},
        answers={"性质": {"老房": "old"}},
    )


def test_that_headings_with_a_personal_number_are_kept_by_nobody(plan):
    learn(plan("名目,13800138000\n丙院,1\n", mapping={"name": "名目"}), WRITTEN)
    assert kept_habits() == Habits()


def test_that_a_word_that_the_field_has_no_more_is_not_answered(plan, own_habits):
    own_habits(answers={"类": {"老房": "palace"}}, columns={"名目": "name", "类": "kind"})
    found = plan(HEAD + "丙院,老房,80,某路2号\n丁院,老旧,80,某路3号\n")
    assert [one for one in found.by_habit if one.form is not None] == []
    assert [question.form for question in found.questions] == ["老房"]


@pytest.fixture
def own_habits(own_settings):
    """Return a function that writes the file of habits as somebody may have edited it."""

    def write(**parts):
        one = {"kind": "compounds", "headings": HEAD.strip().split(","), "columns": {}, "values": {}, **parts}
        own_settings.mkdir(exist_ok=True)
        write_over(own_settings / "s.habits.json", json.dumps({"sources": [one]}))

    return write


@pytest.mark.parametrize(
    "text",
    [
        "",
        "junk",
        "[]",
        '{"sources": [{}]}',
        '{"sources": 5}',
        '{"sources": [{"kind": 1}]}',
        "\udcff",
        "[" * 9999,
    ],
)
def test_that_a_damaged_file_is_said_and_put_aside(plan, learnt, own_settings, text):
    kept = own_settings / "s.habits.json"
    kept.write_text(text, "utf-8", "surrogateescape")
    found = plan(HEAD + "丙院,老旧,80,某路2号\n", mapping={"name": "名目"})
    assert "s.habits.damaged.json" in found.notes[0].zh
    assert not kept.exists()
    assert (own_settings / "s.habits.damaged.json").read_bytes() == text.encode("utf-8", "surrogateescape")
    learn(found, WRITTEN)
    assert len(kept_habits().of) == 1


def test_that_one_source_is_forgotten_and_the_others_stay(plan, learnt):
    learn(plan("什么,户数\n丙院,80\n", mapping={"name": "什么"}), WRITTEN)
    key = ("compounds", shape_of(HEAD.strip().split(",")))
    assert set(kept_habits().of) == {key, ("compounds", ("什么", "户数"))}
    assert forget_habit(*key)
    assert not forget_habit(*key)
    assert set(kept_habits().of) == {("compounds", ("什么", "户数"))}


def test_that_headings_that_come_twice_are_told_apart(plan):
    text = "名目,数,数\n丙院,80,200\n"
    learn(plan(text, mapping={"name": "名目", "households": "数#2"}), WRITTEN)
    assert by(plan(text))["数#2"] == ("households", "habit")


def test_that_widths_cases_and_blanks_of_headings_do_not_count():
    assert shape_of(["Ａ b", "C", "", ""]) == ("ab", "c")
    assert shape_of(["面积(㎡)"]) != shape_of(["面积(亩)"])
