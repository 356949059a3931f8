"""task and tasks: their JSON to the letter, their sentences, and a file left alone by a refusal."""

from __future__ import annotations

import hashlib
from pathlib import Path

from app.domain.period import today
from ui.cli.run import run

POST = "一格 网格员"


def test_that_tasks_are_made_moved_and_listed_with_the_keys_of_the_reference(call, path):
    made = call(
        "task", path, "add", "C1", "C2", "--measure", "party", "--owner", POST,
        "--due", "2026-01-05", "--why", "党组织缺口",
    )  # fmt: skip
    assert (made["verb"], made["codes"], made["warnings"]) == ("add", ["T000001", "T000002"], [])
    assert call("task", path, "add", "340102001001001", "--why", "没有支部")["codes"] == ["T000003"]
    call("task", path, "ask", "T000002", "--why", "在拆迁")
    found = call("tasks", path)
    assert found["count"] == 3
    common = {"measure": "party", "owner": POST, "due": "2026-01-05", "since": today().isoformat()}
    assert found["tasks"] == [
        {
            "code": "T000001", "subject": "C1", "why": "党组织缺口", **common,
            "state": "assigned", "overdue": True, "request": None,
        },
        {
            "code": "T000002", "subject": "C2", "why": "党组织缺口", **common,
            "state": "unreachable_asked", "overdue": True,
            "request": {"why": "在拆迁", "granted_by": None},
        },
        {
            "code": "T000003", "subject": "340102001001001", "why": "没有支部", **common,
            "measure": None, "owner": None, "due": None, "state": "open", "overdue": False, "request": None,
        },
    ]  # fmt: skip
    call("task", path, "grant", "T000002", "--by", "街道党建办", "--why", "属实")
    assert [one["code"] for one in call("tasks", path, "--overdue")["tasks"]] == ["T000001"]
    (granted,) = call("tasks", path, "--where", "state=unreachable")["tasks"]
    assert granted["request"] == {"why": "在拆迁", "granted_by": "街道党建办"}
    assert call("tasks", path, "--where", "grid=340102001001001", "--where", "owner=")["count"] == 1
    assert call("tasks", path, "--where", "state=待派")["count"] == 1
    for act, after in (("report", "reported"), ("verify", "verified"), ("close", "closed")):
        done = call("task", path, act, "T000001", "--on", today().isoformat())
        assert (done["verb"], done["codes"]) == (act, ["T000001"])
        assert call("tasks", path, "--where", "code=T000001")["tasks"][0]["state"] == after
    assert call("undo", path)["verb"] == "undo"
    assert call("tasks", path, "--where", "code=T000001")["tasks"][0]["state"] == "verified"
    assert call("task", path, "return", "T000001", "--why", "照片看不清")["verb"] == "return"
    listed = call("list", path, "tasks", "--where", "state=returned")["records"]
    assert [(one["code"], one["note"]) for one in listed] == [("T000001", "照片看不清")]


def test_that_a_finding_becomes_tasks_of_what_it_names(call, path):
    finding = next(f for f in call("check", path)["findings"] if f["rule"] == "missing_households")
    made = call("task", path, "add", "--finding", finding["id"], "--owner", POST, "--why", "补户数")
    (task,) = call("list", path, "tasks")["records"]
    assert ([task["code"]], [task["subject"]], task["finding"]) == (
        made["codes"],
        finding["codes"],
        finding["id"],
    )


def test_that_what_is_refused_says_why_and_what_can_be_done_and_leaves_the_file_as_it_was(call, path, capsys):
    call("task", path, "add", "C1", "--measure", "party", "--why", "党组织缺口")
    before = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    for words, column in (
        (("verify", "T000001"), "state"),
        (("close", "T000001"), "state"),
        (("add", "C1", "--measure", "party", "--why", "再来"), "subject"),
        (("add", "C2", "--measure", "party"), "why"),
        (("ask", "T000001"), "why"),
        (("assign", "T000001"), "owner"),
        (("report",), "codes"),
        (("report", "C1"), None),
        (("report", "T000001", "--due", "2026-12-01"), "due"),
    ):
        error = call("task", path, *words, status=2)["error"]
        assert column in [problem["column"] for problem in error["problems"]], (words, error)
    call("tasks", path, "--where", "color=red", status=2)
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == before
    assert run(["tasks", path]) == 0
    assert "共 1 件 = 没结 1 + 已结 0 + 够不着已准 0 + 不在口径 0；逾期 0 件" in capsys.readouterr().out
