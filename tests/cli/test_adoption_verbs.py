"""adopt, expiring, renew and confirm as a script calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ui.cli.run import run


@pytest.fixture
def refuse(capsys, path):
    """Run a verb that must be refused with status 2, write nothing, and name a place."""

    def do(*arguments, column, said):
        before = Path(path).read_bytes()
        assert run([*map(str, arguments), "--json"]) == 2
        out, err = capsys.readouterr()
        assert said in err, err
        assert f'"column": "{column}"' in out, out
        assert Path(path).read_bytes() == before, "a refused step must not touch the file"

    return do


WAY = (
    ("visit", "property_firm=无", "authority=无", "defence_people=无", "defence_hardware=无", "--on", "2026-01-05"),
    ("trial", "--firm", "F1", "--from", "2026-02-01"),
    ("conclude", "--from", "2026-05-01", "--fee", "1.2"),
    ("subsidy", "30000", "--taper"),
    ("end-subsidy", "--from", "2028-06-01"),
)  # fmt: skip


@pytest.mark.system(6)
def test_that_the_whole_way_can_be_gone_from_the_command_line(call, path):
    for step in WAY:
        found = call("adopt", path, "C1", *step)
        assert (found["verb"], bool(found["change"])) == ("adopt", True)
    found = call("adopt", path, "C1", "--as-of", "2027-06-01")
    assert (found["stage"], found["subsidy_yuan"], found["due"]) == ("subsidised", 20000, "2028-05-31")
    assert [(m["what"], m["from"], m["until"]) for m in found["way"]] == [
        ("visited", "2026-01-05", None),
        ("trial", "2026-02-01", "2026-04-30"),
        ("contract", "2026-05-01", None),
        ("subsidised", "2026-05-01", "2027-04-30"),
        ("subsidised", "2027-05-01", "2028-04-30"),
        ("subsidised", "2028-05-01", "2028-05-31"),
    ]
    found = call("adopt", path, "--list", "--as-of", "2028-07-01")
    assert (found["count"], found["total"]["independent"]) == (1, 1)
    assert found["compounds"][0]["compound"] == "C1"
    assert found["counts"][0]["street"] == "340102001"
    assert call("adopt", path, "--list", "--as-of", "2025-07-01")["count"] == 0
    table = call("coverage", path, "--measure", "adopted", "--by", "street", "--as-of", "2028-07-01")
    assert (table["total"]["covered"], table["total"]["total"]) == (1, 1)


def test_that_a_step_that_is_wrong_is_refused_with_its_place(call, refuse, path):
    call("adopt", path, "C1", *WAY[0])
    call("adopt", path, "C1", *WAY[1])
    refuse("adopt", path, "C1", "trial", "--firm", "F1", "--from", "2026-03-01", column="stage", said="体验")
    refuse(
        "adopt", path, "C1", "conclude", "--from", "2026-09-01", "--firm", "F1", column="from", said="体验期"
    )
    refuse("adopt", path, "C1", "subsidy", "1000", "--from", "2026-05-01", column="from", said="先签约")
    refuse("adopt", path, "C1", "subsidy", "many", column="subsidy", said="不是补贴金额")
    refuse("adopt", path, "C1", "trial", "--fee", "3", column="fee", said="不要 fee")
    refuse("adopt", path, column="compound", said="--list")
    refuse("adopt", path, "C1", "take-over", "gate_guard", column="duty", said="没有职责")
    refuse("expiring", path, "--within", "-1", column="within", said="天数")


@pytest.mark.system(20)
def test_that_needs_are_listed_and_taken_over(call, path):
    call("set", path, "C1", "property_firm=no", "owners_committee=none", "--from", "2026-01-01")
    need = call("adopt", path, "--needs", "--as-of", "2026-06-01")["compounds"][0]
    assert (need["code"], need["missing"]) == ("C1", ["property", "committee_none"])
    assert need["next"] == ["street_trusteeship", "committee_duties_by_street"]
    call("adopt", path, "C1", "take-over", "street_trusteeship", "--from", "2026-05-01")
    need = call("adopt", path, "--needs", "--as-of", "2026-06-01")["compounds"][0]
    assert (need["taken"], need["status"]) == (["street_trusteeship"], "covered")


def test_that_what_runs_out_is_listed_with_what_follows_and_can_be_renewed(call, path):
    call(
        "set", path, "C1", "authority=no", "defence_people=no", "defence_hardware=no", "--from", "2026-01-01"
    )
    call("attach", path, "F1", "C1", "--from", "2026-01-01", "--until", "2026-07-31")
    found = call("expiring", path, "--as-of", "2026-06-01")
    assert found["count"] == 1
    expiry = found["expiring"][0]
    assert (expiry["code"], expiry["days"], expiry["rank"]) == ("E000001", 60, 0)
    assert {"subject": "C1", "what": "three_no", "before": "no", "after": "yes"} in expiry["effects"]
    shown = call("show", path, "C1", "--as-of", "2026-08-01")
    assert shown["derived"]["three_no"] == "yes"
    assert call("expiring", path, "--as-of", "2026-06-01", "--within", "30")["count"] == 0
    call("renew", path, "E000001", "--until", "2027-07-31")
    assert call("expiring", path, "--as-of", "2026-06-01")["count"] == 0
    old = call("expiring", path, "--as-of", "2026-12-01", "--street", "340102001")["expiring"]
    assert [e["sort"] for e in old] == ["surveys"]
    assert len(old[0]["codes"]) == 3
    call("confirm", path, "C1", "--on", "2026-12-01")
    assert call("expiring", path, "--as-of", "2026-12-01")["count"] == 0


def test_that_people_read_tables(call, path, capsys):
    for step in WAY:
        call("adopt", path, "C1", *step)
    for arguments, said in (
        (("adopt", path, "C1", "--as-of", "2026-03-01"), "体验，到 2026-04-30"),
        (("adopt", path, "C1", "--as-of", "2026-03-01", "--lang", "en"), "trial, until 2026-04-30"),
        (("adopt", path, "--list", "--as-of", "2028-07-01"), "自立"),
        (("adopt", path, "--needs"), "共 0 个"),
        (("expiring", path, "--as-of", "2026-03-01"), "安居物业 体验"),
        (("expiring", path, "--as-of", "2026-03-01", "--lang", "en"), "days left"),
    ):
        assert run(list(map(str, arguments))) == 0
        out, err = capsys.readouterr()
        assert said in out, (out, err)


@pytest.mark.slow
@pytest.mark.system(6)
def test_that_the_list_of_a_whole_district_agrees_with_its_coverage(call, yaohai_sample):
    for day in ("2021-06-30", "2026-11-22"):
        found = call("adopt", yaohai_sample, "--list", "--as-of", day)
        table = call("coverage", yaohai_sample, "--measure", "adopted", "--by", "street", "--as-of", day)
        served = ("contract", "trusteeship", "subsidised", "independent", "fallback")
        assert found["count"] == table["total"]["total"] == len(found["compounds"]) > 300
        assert sum(found["total"][stage] for stage in served) == table["total"]["covered"]
        by_street = {row["street"]: sum(row[stage] for stage in served) for row in found["counts"]}
        covered = {row["unit"]: row["covered"] for row in table["rows"] if row["total"]}
        covered |= {None: table["unplaced"]["covered"]} if table["unplaced"]["total"] else {}
        assert by_street == covered
        one = call("adopt", yaohai_sample, "--list", "--street", "340102008", "--as-of", day)
        assert one["count"] == next(r["total"] for r in table["rows"] if r["unit"] == "340102008")
