"""Another profile for an open registry: one journalled change, refused where records rest on what it drops."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import Conflict, InvalidInput, StorageFault
from app.services.bring_in.profile_change import change_profile, check_profile
from app.services.check.describe import history_of
from app.services.edit import edit
from app.services.keeping.care import verify
from app.services.profile.diff import profile_sections
from app.services.profile.profiles import profile_from_text
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry, held

LIFTS = (
    '\n[[facts]]\nkey = "lifts"\nof = ["compounds"]\ntype = "count"\nwords = { zh = "电梯", en = "Lifts" }\n'
)
DAY = date(2026, 3, 1)


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def refusal(registry, text):
    """Refuse a profile and leave the file as it was; return the problems' sentences."""
    before = held(registry.path), len(registry.history())
    for ask in (lambda: check_profile(registry, text), lambda: change_profile(registry, text, why="试")):
        with pytest.raises(InvalidInput) as caught:
            ask()
    assert (held(registry.path), len(registry.history())) == before
    assert registry.profile.text != text
    return [problem.message.zh for problem in caught.value.problems]


def test_that_a_profile_is_replaced_taken_back_and_brought_back(registry):
    old = registry.profile.text
    engine = registry.engine
    changes = change_profile(registry, old + LIFTS, why="加电梯")
    assert changes.kinds == {"profile"}
    assert changes.codes == ()
    assert "lifts" in registry.profile.facts
    assert registry.engine is not engine
    edit.set_values(registry, ["C1"], {"lifts": "4"}, since=DAY)
    edit.set_values(registry, ["C1"], {"name": "新名"})
    with pytest.raises(Conflict, match="lifts"):
        registry.undo(changes.change)
    registry.undo()
    registry.undo()
    assert registry.undo().kinds == {"profile"}
    assert registry.profile.text == old
    assert "lifts" not in registry.profile.facts
    registry.redo()
    assert "lifts" in registry.profile.facts
    registry.redo()
    assert registry.dataset.fact_on("C1", "lifts", DAY).get("value") == "4"
    assert verify(registry.path) == []


def test_that_the_journal_names_each_declaration_with_before_and_after(registry):
    text = (
        registry.profile.text.replace("version = 3", "version = 4", 1).replace(
            'defence = "any"', 'defence = "all"'
        )
        + LIFTS
    )
    change_profile(registry, text, why="新口径")
    change = history_of(registry, registry.history(limit=1)).as_json("zh")["changes"][0]
    assert (change["verb"], change["why"], change["codes"]) == ("profile", "新口径", [])
    told = {d["field"]: (d["before"], d["after"]) for d in change["details"]}
    assert set(told) == {"version", "three_no", "facts.lifts"}
    assert told["version"] == (3, 4)
    assert (told["three_no"][0]["defence"], told["three_no"][1]["defence"]) == ("any", "all")
    assert told["facts.lifts"][0] is None
    assert {d["kind"] for d in change["details"]} == {"profile"}


def test_that_the_same_text_changes_nothing_and_a_reason_is_asked_for(registry):
    assert change_profile(registry, registry.profile.text, why="无").change is None
    with pytest.raises(InvalidInput, match="--why"):
        change_profile(registry, registry.profile.text + LIFTS, why=" ")


def test_that_wrong_declarations_are_told_with_line_and_key(registry):
    text = registry.profile.text + LIFTS.replace('"count"', '"castle"')
    with pytest.raises(InvalidInput) as caught:
        change_profile(registry, text, why="试")
    problem = caught.value.problems[0]
    assert text.splitlines()[problem.row - 1].startswith("type =")
    assert problem.column.endswith("type")


def test_that_a_fact_in_use_stays(registry):
    bare = registry.profile.text
    change_profile(registry, bare + LIFTS, why="加")
    for code, number in (("C2", "2"), ("C1", "4")):
        edit.set_values(registry, [code], {"lifts": number}, since=DAY)
    (said,) = refusal(registry, bare)
    assert "lifts" in said
    assert "2 条事实" in said
    assert "C1" in said
    (said,) = refusal(registry, bare + LIFTS.replace('"count"', '"answer"'))  # 4 and 2 are no answers
    assert "lifts" in said
    (said,) = refusal(registry, bare + LIFTS.replace('["compounds"]', '["grids"]'))
    assert "小区" in said


def test_that_a_choice_a_scheme_a_relation_and_a_post_in_use_stay(registry):
    own = registry.profile.text + (
        '\n[choices.station_kind]\nkiosk = { zh = "岗亭", en = "kiosk" }\n'
        '\n[choices.post_x]\na = { zh = "甲", en = "a" }\n'
        '\n[[relations]]\nid = "helps"\nof = ["firms"]\nto = ["compounds"]\nroles = "post_x"\nwords = { zh = "帮扶", en = "Helps" }\nsource = "x"\n'
    )
    if "[choices.station_kind]" in registry.profile.text:
        own = (
            registry.profile.text.replace(
                "[choices.station_kind]\n", '[choices.station_kind]\nkiosk = { zh = "岗亭", en = "kiosk" }\n'
            )
            + own.split('en = "kiosk" }\n', 1)[1]
        )
    change_profile(registry, own, why="加")
    edit.add(registry, "stations", {"name": "东门", "kind": "kiosk"})
    edit.add(registry, "links", {"relation": "helps", "subject": "F1", "to": "C1", "role": "甲"})
    edit.add(
        registry,
        "assessments",
        {
            "subject": "C1",
            "scheme": "five_haves_ten_goods",
            "item": "goods1",
            "score": "1",
            "on": "2026-02-01",
        },
    )
    gone = own.replace('kiosk = { zh = "岗亭", en = "kiosk" }\n', "")
    assert "station_kind.kiosk" in refusal(registry, gone)[0]
    assert "helps" in refusal(registry, own.replace('id = "helps"', 'id = "serves"'))[0]
    assert "岗位 a" in refusal(registry, own.replace('a = { zh = "甲"', 'b = { zh = "乙"'))[0]
    assert (
        "five_haves_ten_goods@1"
        in refusal(
            registry,
            own.replace(
                'id = "five_haves_ten_goods"\nversion = 1', 'id = "five_haves_ten_goods"\nversion = 2'
            ),
        )[0]
    )
    assert "同一个版本" in refusal(registry, own.replace("open_items = 10", "open_items = 9"))[0]
    change_profile(registry, own.replace("5 个有和 10 个好", "五有十好"), why="改名")
    assert registry.profile.schemes["five_haves_ten_goods"][0].words.zh == "五有十好"


def test_that_a_past_choice_counts_as_used(registry):
    own = registry.profile.text
    with_villa = own + '\n[choices.compound_kind]\nvilla = { zh = "别墅", en = "villa" }\n'
    change_profile(registry, with_villa, why="加")
    edit.set_values(registry, ["C1"], {"kind": "villa"})
    edit.set_values(registry, ["C1"], {"kind": "old"}, since=DAY)
    assert "compound_kind.villa" in refusal(registry, own)[0]


def test_that_another_window_notices_and_decides_by_the_new_profile(registry):
    other = Registry.open(registry.path, by="other")
    try:
        change_profile(registry, registry.profile.text + LIFTS, why="加")
        edit.set_values(other, ["C1"], {"name": "新名"})  # has not looked yet: decided on fresh data
        assert "lifts" in other.profile.facts
        change_profile(other, other.profile.text.replace("version = 3", "version = 5", 1), why="升版")
        changes = registry.refresh()
        assert "profile" in changes.kinds
        assert changes.codes == ("C1",)
        assert registry.profile.version == 5
        assert registry.refresh() is None
    finally:
        other.close()


def test_that_two_who_replace_it_at_once_do_not_overwrite_each_other(registry):
    other = Registry.open(registry.path, by="other")
    try:
        change_profile(registry, registry.profile.text + LIFTS, why="加")
        with pytest.raises(Conflict, match="口径"):
            change_profile(other, other.profile.text.replace("version = 3", "version = 9", 1), why="升版")
        other.refresh()
        assert "lifts" in other.profile.facts
        assert other.profile.version == 3
    finally:
        other.close()


def test_that_a_later_profile_must_be_taken_back_first(registry):
    first = change_profile(registry, registry.profile.text + LIFTS, why="加").change
    change_profile(registry, registry.profile.text.replace("version = 3", "version = 4", 1), why="升版")
    with pytest.raises(Conflict, match="第 "):
        registry.undo(first)


def test_that_a_read_only_registry_keeps_its_profile(registry, monkeypatch):
    monkeypatch.setattr(registry, "is_read_only", True)
    with pytest.raises(StorageFault):
        change_profile(registry, registry.profile.text + LIFTS, why="加")


def test_that_declarations_are_told_apart_by_their_names():
    before = 'id = "a"\n[[schemes]]\nid = "s"\nversion = 1\n[choices.x]\na = { zh = "甲", en = "a" }\n'
    after = before.replace("甲", "乙") + '[[schemes]]\nid = "s"\nversion = 2\n'
    assert {name for name, _, _ in profile_sections(before, after)} == {"choices.x", "schemes.s@2"}
    assert profile_sections(before, "# a comment\n" + before) == ()


@pytest.mark.parametrize("key", ["code", "surveyed", "电梯 数", "a=b", "a:b"])
def test_that_a_key_that_files_or_commands_would_misread_is_refused_with_its_line(key):
    text = f'id = "x"\n{LIFTS.replace("lifts", key)}'
    with pytest.raises(InvalidInput) as caught:
        profile_from_text(text)
    problem = caught.value.problems[0]
    assert problem.column == "facts[1].key"
    assert text.splitlines()[problem.row - 1].startswith("key =")


def test_that_broken_toml_has_its_line_as_a_place():
    with pytest.raises(InvalidInput) as caught:
        profile_from_text('id = "x"\nversion = \n')
    assert caught.value.problems[0].row == 2
