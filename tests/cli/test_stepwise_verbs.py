"""case, cases, entry, lists, tree and compare-rules: their JSON, their sentences, and a file left alone by a refusal."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ui.cli.run import run

GRID, COMMUNITY, STREET = "340102001001001", "340102001001", "340102001"


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def a_case(call, path, **values):
    given = {"compound": "C1", "category": "漏水", "opened": "2026-03-01", **values}
    return call("case", path, "open", *(f"{key}={value}" for key, value in given.items()))["codes"][0]


@pytest.mark.system(4)
def test_that_a_case_is_opened_moved_handed_up_and_closed_and_counted_on_every_day(call, path):
    code = a_case(call, path)
    assert code == "M000001"
    assert call("case", path, "move", code, "--on", "2026-03-05")["verb"] == "move"
    call("case", path, "escalate", code, "--on", "2026-03-09", "--why", "小区调解不成")
    call("case", path, "move", code, "协商中", "--on", "2026-03-12")
    call("case", path, "close", code, "--on", "2026-03-20")
    for day, level, state in (
        ("2026-03-01", "compound", "opened"),
        ("2026-03-05", "compound", "accepted"),
        ("2026-03-10", "community", "escalated"),
        ("2026-03-12", "community", "negotiated"),
        ("2026-03-20", "community", "closed"),
    ):
        found = call("cases", path, "--by", "grid", "--as-of", day)
        row = next(row for row in found["rows"] if row["unit"] == GRID)
        assert row["counts"] == [{"level": level, "state": state, "category": "漏水", "count": 1}], day
    assert (row["total"], row["open"], row["handled"]) == (1, 0, 1)
    assert call("cases", path, "--as-of", "2026-02-28")["total"]["total"] == 0
    assert call("coverage", path, "--measure", "cases_closed", "--by", "street")["total"]["covered"] == 1
    listed = call("list", path, "cases", "--where", "state=closed")["records"]
    assert (listed[0]["code"], listed[0]["closed"]) == (code, "2026-03-20")


@pytest.mark.system(4)
def test_that_mediators_are_held_as_counts_of_the_categories_that_the_source_names(call, path):
    call("set", path, STREET, "mediators_volunteers=7", "mediators_legal_advisers=2", "--from", "2026-01-01")
    facts = {row["key"]: row["value"] for row in call("show", path, STREET)["facts"]}
    assert facts == {"mediators_volunteers": 7, "mediators_legal_advisers": 2}
    call("set", path, "C1", "mediators_volunteers=3", "--from", "2026-02-01")
    call("set", path, "C2", "mediators_volunteers=4", "--from", "2026-02-01")
    found = call("mediators", path, "--as-of", "2026-02-01")
    assert (found["categories"], found["total"]) == (16, 16)
    volunteers = next(row for row in found["rows"] if row["key"] == "mediators_volunteers")
    assert (volunteers["total"], volunteers["counts"]) == (14, {"compounds": 7, "streets": 7})
    assert call("mediators", path, "--as-of", "2026-01-31")["total"] == 9
    assert call("mediators", path, "--unit", GRID)["total"] == 3
    open_ = [row for row in found["rows"] if "待本市填写" in row["words"]["zh"]]
    assert len(open_) == 11, "the source names five of its sixteen categories"
    assert {row["total"] for row in open_} == {None}


@pytest.mark.system(11)
def test_that_a_need_is_answered_by_a_project_and_both_are_done_with_it(call, path):
    def note(which, text, place="compound=C1"):
        return call("entry", path, "note", f"list={which}", place, f"text={text}", "opened=2026-03-01")[
            "codes"
        ][0]

    need, project = note("需求清单", "加装电梯"), note("projects", "电梯加装项目", f"community={COMMUNITY}")
    resource = note("resources", "共建单位出资")
    call("entry", path, "match", project, need, "--on", "2026-04-01")
    call("entry", path, "match", resource, need, "--on", "2026-04-02")
    met = call("coverage", path, "--measure", "needs_met", "--by", "street", "--as-of", "2026-04-01")["total"]
    assert (met["covered"], met["total"]) == (1, 1)
    early = call("coverage", path, "--measure", "needs_met", "--by", "street", "--as-of", "2026-03-31")[
        "total"
    ]
    assert (early["covered"], early["uncovered"]) == (0, 1)
    assert call("entry", path, "done", resource, "--on", "2026-05-01")["codes"] == [resource]
    done = call("entry", path, "done", project, "--on", "2026-06-01")
    assert set(done["codes"]) == {project, need}, "the last of what answers it ends the need"
    counts = call("lists", path, "--by", "grid", "--as-of", "2026-06-01")
    row = next(row for row in counts["rows"] if row["unit"] == GRID)
    assert row["counts"] == [
        {"list": "needs", "state": "done", "count": 1},
        {"list": "resources", "state": "done", "count": 1},
    ]
    assert counts["unplaced"]["total"] == 1, "the community's project lies in no grid"


@pytest.mark.system(1)
def test_that_the_tree_names_each_level_and_the_broken_link(call, path):
    call("attach", path, "O1", "C1", "--from", "2026-01-01")
    call("add", path, "organisations", "code=O2", "name=社区党委", "type=committee")
    call("attach", path, "O2", COMMUNITY, "--from", "2026-01-01")
    found = call("tree", path, "--unit", STREET)
    assert found["broken"] == [COMMUNITY, "C1"]
    call("set", path, "O1", "parent=O2")
    found = call("tree", path, "--unit", COMMUNITY, "--as-of", "2026-02-01")
    (community,) = found["places"]
    assert (community["below"]["compounds"], community["below"]["with_party"]) == (2, 1)
    compound = community["children"][0]["children"][0]
    assert (compound["code"], compound["organisations"][0]["broken"]) == ("C1", None)
    assert call("tree", path, "--as-of", "2025-12-31")["places"][0]["below"]["with_party"] == 0


def test_that_two_rules_are_compared_by_profile_by_file_and_by_hand(call, path, tmp_path):
    for key in ("property_firm", "authority", "defence_hardware"):
        call("set", path, "C1", f"{key}=no", "--from", "2026-01-01")
    call("set", path, "C1", "defence_people=yes", "gate_guard=yes", "--from", "2026-01-01")
    by_hand = call("compare-rules", path, "--defence", "all", "--by", "grid")
    assert [(f["code"], f["before"], f["after"]) for f in by_hand["flips"]] == [("C1", "no", "yes")]
    (cause,) = by_hand["flips"][0]["because"]
    assert (cause["part"], cause["facts"][0]) == ("defence", {"key": "defence_people", "value": "yes"})
    assert by_hand["total"]["counts"]["no"]["yes"] == 1
    assert next(row for row in by_hand["rows"] if row["unit"] == GRID)["flipped"] == 1
    file = tmp_path / "ours.toml"
    file.write_text(
        'id = "ours"\n[three_no]\nparts = ["has_firm", "authority", "defence"]\ndefence = "all"\n', "utf-8"
    )
    assert call("compare-rules", path, "--with", file, "--by", "grid")["flips"] == by_hand["flips"]
    assert call("compare-rules", path, "--parts", "has_firm, authority")["flips"][0]["after"] == "yes"
    assert call("compare-rules", path, "--with", "jinjiang")["count"] == 0
    assert call("compare-rules", path, "--with", "yaohai")["count"] == 0
    assert call("compare-rules", path, "--defence", "all", "--as-of", "2025-12-31")["count"] == 0


REFUSED = [
    ("case", "open", "compound=C1", "level=planet"),
    ("case", "open", "level=compound"),
    ("case", "open", "compound=C404"),
    ("case", "open", "compound=C1", "category=联系13800138000"),
    ("case", "move"),
    ("case", "move", "M404"),
    ("case", "settle", "M1"),
    ("case", "close", "C1"),
    ("case", "close", "M1", "M2"),
    ("case", "open", "compound"),
    ("cases", "--by", "galaxy"),
    ("entry", "note", "list=wishes", "compound=C1", "text=x"),
    ("entry", "note", "list=needs", "compound=C1"),
    ("entry", "note", "list=needs", "text=x"),
    ("entry", "note", "list=needs", "compound=C1", "text=请联系13800138000"),
    ("entry", "note", "list=needs", "compound=C1", "text=身份证11010519491231002X"),
    ("entry", "note", "list=needs", "compound=C1", "text=x", "state=done"),
    ("entry", "match", "N1"),
    ("entry", "done", "C1"),
    ("lists", "--by", "galaxy"),
    ("mediators", "--unit", "C404"),
    ("tree", "--unit", "C404"),
    ("tree", "--levels", "-1"),
    ("compare-rules", "--with", "nowhere"),
    ("compare-rules", "--parts", "moat"),
    ("compare-rules", "--parts", ","),
    ("compare-rules", "--defence", "some"),
    ("compare-rules", "--by", "galaxy"),
    ("compare-rules", "--kind", "castle"),
]


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_that_wrong_input_is_refused_with_a_sentence_and_leaves_the_file_alone(call, path, arguments):
    before = digest(path)
    error = call(arguments[0], path, *arguments[1:], status=2)["error"]
    assert error["message"]
    assert digest(path) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_people_read_words_and_no_codes_of_the_program(capsys, call, path, lang):
    a_case(call, path)
    call("entry", path, "note", "list=needs", "compound=C1", "text=加装电梯")
    call("set", path, "C1", "property_firm=no", "authority=no", "defence_people=yes", "defence_hardware=no")
    capsys.readouterr()
    wanted = {
        ("cases",): ("小区 · 受理 · 漏水", "compound · opened · 漏水"),
        ("lists",): ("需求清单 · 已登记", "needs · noted"),
        ("tree",): ("小区 0/2 有党组织", "0 of 2 compounds"),
        ("compare-rules", "--defence", "all"): ("人防 有", "Guards (people) yes"),
    }
    for arguments, (zh, en) in wanted.items():
        assert run([arguments[0], path, *arguments[1:], "--lang", lang]) == 0
        assert (zh if lang == "zh" else en) in capsys.readouterr().out


@pytest.mark.system(11)
def test_that_a_private_number_is_refused_at_every_door(call, path, tmp_path):
    (code,) = call("entry", path, "note", "list=needs", "compound=C1", "text=加装电梯")["codes"]
    file = tmp_path / "清单.csv"
    matters = ("修路灯", "补绿", "找老王 13800138000", "清楼道")
    rows = [f"C1,需求清单,{matter},已登记,2026-03-01" for matter in matters]
    file.write_text("\n".join(["小区,清单,内容,状态,登记日期", *rows]), "utf-8")
    before = digest(path)
    for arguments in (
        (
            "add",
            path,
            "entries",
            "compound=C1",
            "list=needs",
            "state=noted",
            "opened=2026-01-01",
            "text=电话13800138000",
        ),
        ("set", path, code, "text=身份证 11010519491231002X"),
        ("add", path, "departments", "name=住建局", "post=老王 13800138000"),
        ("import", path, file, "--as", "entries"),
    ):
        error = call(*arguments, status=2)["error"]
        assert "手机" in str(error) or "电话" in str(error) or "身份证" in str(error)
        assert digest(path) == before
    taken = call("import", path, file, "--as", "entries", "--partial")
    assert (taken["counts"]["create"], taken["counts"]["refuse"]) == (3, 1)
