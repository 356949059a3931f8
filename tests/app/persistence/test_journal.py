"""Undo, redo, history and two writers."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from app.errors import Conflict, InvalidInput
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry, square

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def registry(tmp_path, carried):
    opened = carried(a_small_registry(tmp_path))
    yield opened
    opened.close()


def reopened(registry: Registry) -> Registry:
    registry.close()
    return Registry.open(registry.path)


def content(registry: Registry):
    return {
        (kind, code): record._replace(version=0)
        for kind in ("districts", "grids", "compounds", "facts", "attachments", "engagements", "firms")
        for code, record in registry.dataset.of(kind).items()
    }


def test_that_what_was_written_is_read_back_after_a_restart(registry):
    edit.set_values(registry, ["C1"], {"gate_guard": "无", "households": "413"}, since=date(2024, 5, 1))
    before = content(registry)
    again = reopened(registry)
    assert content(again).keys() == before.keys()
    for key, record in content(again).items():
        assert record.values == before[key].values
        assert record.past == before[key].past
        assert record.valid_from == before[key].valid_from
        if record.geometry is not None:
            assert record.geometry.equals(before[key].geometry)
    again.close()


@pytest.mark.both_stores
def test_that_undo_and_redo_survive_a_restart_and_bring_back_each_state(registry):
    states = [content(registry)]
    edit.set_values(registry, ["C1"], {"name": "新名"})
    states.append(content(registry))
    edit.attach(registry, "O1", ["C1", "C2"], since=date(2024, 1, 1))
    states.append(content(registry))
    edit.set_values(registry, ["C1", "C2"], {"authority": "no"}, since=date(2024, 1, 1))
    states.append(content(registry))
    edit.remove(registry, "C2", "拆了")
    states.append(content(registry))
    for state in reversed(states[:-1]):
        registry = reopened(registry)
        registry.undo()
        assert content(registry) == state
    for state in states[1:]:
        registry = reopened(registry)
        registry.redo()
        assert content(registry) == state
    with pytest.raises(InvalidInput):
        registry.redo()
    registry.close()


def test_that_a_new_step_ends_what_could_be_redone(registry):
    edit.set_values(registry, ["C1"], {"name": "甲"})
    registry.undo()
    edit.set_values(registry, ["C2"], {"name": "乙"})
    assert registry.next_redo() is None


@pytest.mark.both_stores
def test_that_a_step_that_a_later_one_needs_is_not_taken_back_and_the_later_is_named(registry):
    first = edit.set_values(registry, ["C1"], {"name": "甲"})
    edit.set_values(registry, ["C1"], {"name": "乙"})
    later = registry.history()[0].seq
    with pytest.raises(Conflict, match=f"第 {later} 步"):
        registry.undo(first.change)
    assert registry.find("C1").get("name") == "乙"


def test_that_an_older_step_about_another_field_is_taken_back_alone(registry):
    first = edit.set_values(registry, ["C1"], {"address": "长淮路 1 号"})
    edit.set_values(registry, ["C1"], {"name": "乙"})
    registry.undo(first.change)
    assert registry.find("C1").get("address") is None
    assert registry.find("C1").get("name") == "乙"


def test_that_a_record_that_is_brought_back_is_newer_than_whatever_was_read_of_it(registry):
    for name in ("甲", "乙", "丙"):
        edit.set_values(registry, ["C1"], {"name": name})
    before = registry.find("C1").version
    edit.remove(registry, "C1", "错录")
    registry.undo()
    assert registry.find("C1").version > before


@pytest.mark.both_stores
def test_that_a_removed_code_is_never_given_again(registry):
    changes = edit.add(registry, "compounds", {"name": "丙"})
    (code,) = changes.codes
    edit.remove(registry, code, "错录")
    (other,) = edit.add(registry, "compounds", {"name": "丁"}).codes
    assert other != code
    with pytest.raises(InvalidInput, match="用过"):
        edit.add(registry, "compounds", {"code": code, "name": "戊"})


@pytest.mark.both_stores
def test_that_history_tells_who_when_why_before_and_after(registry):
    edit.set_values(registry, ["C1"], {"households": "500"}, why="数错了")
    change = registry.history("C1")[0]
    assert (change.by, change.verb, change.why) == ("tester", "set", "数错了")
    (detail,) = change.details
    assert (detail.field, detail.before, detail.after) == ("households", 412, 500)


@pytest.mark.both_stores
def test_that_a_value_set_from_a_day_leaves_the_days_before(registry):
    edit.set_values(registry, ["C1"], {"kind": "resettlement"}, since=date(2024, 1, 1))
    edit.set_values(registry, ["C1"], {"kind": "unknown"}, since=date(2022, 1, 1), until=date(2022, 12, 31))
    record = registry.find("C1")
    found = [record.on("kind", date(year, 6, 1)) for year in (2021, 2022, 2023, 2024)]
    assert found == ["old", "unknown", "old", "resettlement"]


def test_that_nothing_is_written_where_nothing_differs(registry):
    before = registry.history()[0].seq
    assert edit.set_values(registry, ["C1"], {"name": "大关东三苑"}).change is None
    assert registry.history()[0].seq == before


@pytest.mark.both_stores
def test_that_two_writers_on_other_records_lose_nothing(registry):
    other = Registry.open(registry.path)
    edit.set_values(other, ["C2"], {"address": "二"})
    edit.set_values(registry, ["C1"], {"address": "一"})
    assert registry.find("C2").get("address") == "二"
    assert other.refresh() is not None
    assert other.find("C1").get("address") == "一"
    other.close()


@pytest.mark.both_stores
def test_that_two_writers_on_one_record_conflict_and_nothing_is_written(registry):
    other = Registry.open(registry.path)
    edit.set_values(other, ["C1"], {"address": "他们的"})
    seen = registry.find("C1")
    with pytest.raises(Conflict):
        edit.set_values(registry, ["C1"], {"address": "我的"})
    assert seen.get("address") is None
    registry.refresh()
    assert registry.find("C1").get("address") == "他们的"
    other.close()


def test_that_200_edits_of_two_processes_are_all_there(registry):
    registry.close()
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from app.services.edit import edit\n"
        "from app.services.registry.registry import Registry\n"
        "from app.errors import StorageFault\n"
        "r = Registry.open(Path(sys.argv[1]))\n"
        "for n in range(100):\n"
        "    for attempt in range(50):\n"
        "        try:\n"
        "            edit.add(r, 'compounds', {'name': f'{sys.argv[2]}{n}'})\n"
        "            break\n"
        "        except StorageFault:\n"
        "            if attempt == 49: raise\n"
        "r.close()\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", script, str(registry.path), who], cwd=ROOT)
        for who in ("a", "b")
    ]
    assert [run.wait(120) for run in runs] == [0, 0]
    again = Registry.open(registry.path)
    names = {record.get("name") for record in again.dataset.of("compounds").values()}
    assert names >= {f"{who}{n}" for who in "ab" for n in range(100)}
    again.close()


def test_that_a_replaced_file_is_noticed_before_saved_is_said(registry, tmp_path):
    from app.errors import StorageFault

    registry.path.rename(tmp_path / "moved.gpkg")
    with pytest.raises(StorageFault, match="移走"):
        edit.set_values(registry, ["C1"], {"name": "甲"})


@pytest.mark.both_stores
def test_that_a_geometry_change_is_undone_exactly(registry):
    old = registry.find("C1").geometry
    edit.set_values(registry, ["C1"], {"geometry": square(0.005, 0.005)})
    registry.undo()
    assert registry.find("C1").geometry.equals_exact(old, 0)


def test_that_the_content_of_a_sample_is_no_step_to_take_back(tmp_path):
    from app.domain.record import make_record
    from app.services.profile.profiles import load_profile
    from app.services.registry.registry import create_registry
    from app.text import Text

    record = make_record("compounds", "6f1ed1f2-0000-4000-8000-000000000000", "C1", name="甲")
    registry = create_registry(
        tmp_path / "s.gpkg",
        load_profile("yaohai"),
        records=[record],
        synthetic_note=Text("合成", "synthetic"),
    )
    assert registry.next_undo() is None
    with pytest.raises(InvalidInput, match="没有可撤销"):
        registry.undo()
    with pytest.raises(InvalidInput, match="样例"):
        registry.undo(registry.history()[0].change)
    registry.close()


@pytest.mark.both_stores
def test_that_a_compounds_history_tells_what_was_attached_engaged_related_and_scored(registry):
    edit.add(registry, "zones", {"code": "Z9", "name": "一片区"})
    made = [
        edit.attach(registry, "Z9", ["C1"]),
        edit.add(
            registry,
            "assessments",
            {
                "subject": "C1",
                "scheme": "five_haves_ten_goods",
                "item": "haves1",
                "score": "1",
                "on": "2024-03-01",
            },
        ),
    ]
    told = [change.change for change in registry.history("C1")]
    assert told[:2] == [change.change for change in reversed(made)]
    assert made[0].change not in [change.change for change in registry.history("C2")]
    registry.undo()
    assert registry.history("C1")[0].verb == "undo"
    assert made[1].change in [change.change for change in registry.history("C1")]
