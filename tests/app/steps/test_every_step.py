"""Registries written by every earlier version open with all that is in them, and there is a way back before each step."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from app.errors import StorageFault
from app.persistence import backup_making
from app.persistence.care import must_be_registry, verify_file
from app.persistence.migrations import NEWEST
from app.services.edit import edit
from app.services.keeping import backups, care
from app.services.keeping.restoring import bring_back, then_in
from app.services.registry.registry import Registry

KEPT = Path(__file__).parent
STEPS = sorted(int(path.name.split(".")[0].removeprefix("step")) for path in KEPT.glob("step*.gpkg.gz"))
DAY = date(2024, 6, 1)


@pytest.fixture(params=STEPS)
def step(request):
    return request.param


@pytest.fixture
def old(step, tmp_path):
    """Return a registry of the step, as its program left it."""
    path = tmp_path / "old.gpkg"
    path.write_bytes(gzip.decompress((KEPT / f"step{step}.gpkg.gz").read_bytes()))
    return path


def test_that_a_registry_of_every_step_is_kept():
    assert set(range(1, NEWEST)) <= set(STEPS)


def test_that_it_is_of_its_step_and_whole(step, old):
    assert must_be_registry(old) == step
    assert care.verify(old) == []


def test_that_it_opens_with_all_that_is_in_it_and_is_worked_on(old):
    registry = Registry.open(old, by="tester")
    record = registry.find("C1")
    assert (record.get("name"), record.get("households")) == ("柏文名邸", 412)
    assert record.on("households", date(2024, 4, 30)) == 396
    assert registry.dataset.fact_on("C1", "gate_guard", DAY).text("value") == "yes"
    assert [row.text("stage") for row in registry.dataset.engagements_with("C1")] == ["contract"]
    assert [row.text("organisation") for row in registry.dataset.attachments_to("C1")] == ["O1"]
    assert [row.text("item") for row in registry.dataset.of("assessments").values()] == ["haves1"]
    assert "C2" in registry.dataset.retired
    assert [change.verb for change in registry.history()][:3] == ["remove", "undo", "set"]
    assert registry.history("C1")[-1].details[0].after["fields"]["address"] == "临泉路 88 号"
    edit.set_values(registry, ["C1"], {"address": "临泉路 86 号"})
    registry.undo()
    assert registry.find("C1").get("address") == "临泉路 88 号"
    registry.undo(next(c.change for c in registry.history() if c.verb == "remove"))
    assert registry.find("C2").get("name") == "祥丰时代"
    registry.close()
    assert must_be_registry(old) == NEWEST
    assert verify_file(old) == []


def test_that_it_is_kept_as_it_was_before_the_step_and_gives_back_from_there(step, old, tmp_path):
    Registry.open(old, by="tester").close()
    kept = backups.kept(old).backups
    if step == NEWEST:
        assert kept == ()
        return
    (before,) = kept
    assert (before.why, before.is_verified) == (backups.STEP, True)
    assert must_be_registry(before.path) == step
    care.restore(before.path, tmp_path / "again.gpkg")
    again = Registry.open(tmp_path / "again.gpkg", by="tester")
    assert again.find("C1").get("households") == 412
    edit.set_values(again, ["C1"], {"address": "改了"})
    bring_back(again, then_in(before.path), "C1", "address")
    assert again.find("C1").get("address") == "临泉路 88 号"
    again.close()


def test_that_no_step_is_taken_without_a_way_back(step, old, monkeypatch):
    if step == NEWEST:
        Registry.open(old, by="tester").close()
        return

    def full(folder):
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(backup_making.shutil, "disk_usage", full)
    with pytest.raises(StorageFault, match="磁盘满了"):
        Registry.open(old, by="tester")
    assert must_be_registry(old) == step
    with closing(sqlite3.connect(old)) as file:
        assert file.execute("SELECT MAX(number) FROM schema_step").fetchone() == (step,)


def test_that_what_others_edited_before_a_step_is_told_after_it(tmp_path):
    """Step 5 keeps what an import brought in packs of another form: they are read before they are packed anew."""
    path = tmp_path / "old.gpkg"
    path.write_bytes(gzip.decompress((KEPT / "step5.gpkg.gz").read_bytes()))
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE compound SET households = 999 WHERE code IN ('P1', 'C1')")
        file.execute("DELETE FROM compound WHERE code = 'P2'")
        file.commit()
    for _ in range(2):  # brought up to date, and from then on
        registry = Registry.open(path, by="tester")
        assert {edit.code: edit.is_known for edit in registry.foreign} == dict.fromkeys(
            ("P1", "P2", "C1"), True
        )
        found = [registry.find(code).get("households") for code in ("P1", "P2", "C1")]
        assert found == [121, 80, 412]
        assert [change.verb for change in registry.history("P1")] == ["set", "import"]
        registry.close()
    assert must_be_registry(path) == NEWEST
