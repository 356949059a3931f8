"""A sound file opens whatever happened to its writer: SQLite recovers first, and only then is the file judged."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from app.domain.record import make_record
from app.errors import IntegrityFault, InvalidInput, StorageFault
from app.persistence.care import must_be_registry
from app.persistence.migrations import NEWEST
from app.services.edit import edit
from app.services.keeping import backups, care
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry
from tests.app.builders import a_small_registry
from ui.cli.run import run

ROOT = Path(__file__).resolve().parents[3]
_MANY = 60


@pytest.fixture
def grown(tmp_path):
    """Give a closed registry with many compounds."""
    path = tmp_path / "a.gpkg"
    path.write_bytes(_grown())
    return path


@cache
def _grown() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        records = [
            make_record("compounds", str(uuid.uuid4()), f"C{number:06}", name=f"小区{number}")
            for number in range(_MANY)
        ]
        registry = create_registry(Path(folder) / "a.gpkg", load_profile("yaohai"), records=records, by="t")
        registry.close()
        return registry.path.read_bytes()


def _page_count(path: Path, pages: int) -> None:
    with path.open("r+b") as file:
        file.seek(28)
        file.write(pages.to_bytes(4, "big"))


def _hot_log(path: Path, folder: Path) -> Path:
    """Return a copy, log beside it, as a power cut at the start of folding the log leaves it."""
    registry = Registry.open(path, by="t")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM compound").fetchone()
        edit.set_values(registry, list(registry.dataset.of("compounds")), {"address": "长" * 300})
        for ending in ("", "-wal"):
            shutil.copy(f"{path}{ending}", folder)
    registry.close()
    copy = folder / path.name
    log = (folder / f"{path.name}-wal").read_bytes()
    pages = 0
    for at in range(32, len(log) - 24, 4096 + 24):
        pages = int.from_bytes(log[at + 4 : at + 8], "big") or pages
    assert pages * 4096 > copy.stat().st_size
    _page_count(copy, pages)
    return copy


def _hot_journal(path: Path, folder: Path) -> Path:
    """Return a copy, rollback journal beside it, as a writer killed in the middle of a commit leaves it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=DELETE")
        writer.execute("PRAGMA cache_size=5")
        writer.execute("BEGIN")
        writer.execute("UPDATE compound SET address = printf('%.3000c', 'x')")
        for ending in ("", "-journal"):
            shutil.copy(f"{path}{ending}", folder)
        writer.execute("ROLLBACK")
    copy = folder / path.name
    _page_count(copy, copy.stat().st_size // 4096 + 40)
    return copy


@pytest.mark.parametrize(("cut", "address"), [(_hot_log, "长" * 300), (_hot_journal, None)])
@pytest.mark.parametrize("verb", ["open", "verify", "backup"])
def test_that_a_file_with_a_hot_log_or_journal_is_recovered_before_it_is_judged(
    grown, tmp_path, cut, address, verb
):
    folder = tmp_path / "after"
    folder.mkdir()
    path = cut(grown, folder)
    if verb == "verify":
        assert care.verify(path) == []
    if verb == "backup":
        care.backup(path, folder / "b.gpkg")
        path = folder / "b.gpkg"
    registry = Registry.open(path)
    assert {record.get("address") for record in registry.dataset.of("compounds").values()} == {address}
    registry.close()
    assert care.verify(path) == []


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_that_a_file_cut_in_half_is_damaged_with_or_without_an_empty_log(grown, ending):
    os.truncate(grown, grown.stat().st_size // 2 // 4096 * 4096)
    for beside in (None, grown.with_name(grown.name + ending)):
        if beside is not None:
            beside.touch()
        with pytest.raises(IntegrityFault):
            Registry.open(grown)


def test_that_no_sentence_sends_to_a_backup_that_nobody_made(grown):
    os.truncate(grown, grown.stat().st_size - 4096)
    with pytest.raises(IntegrityFault, match="还没有自动备份"):
        Registry.open(grown)


def test_that_every_sentence_about_a_damaged_file_names_the_newest_backup(grown, capsys):
    backups.make(grown)
    newest = str(backups.make(grown).path)
    with closing(sqlite3.connect(grown)) as file:
        file.execute("UPDATE registry_info SET value = 'x' WHERE key = 'name'")
        file.commit()
    with pytest.raises(IntegrityFault) as refused:
        Registry.open(grown)
    assert all(newest in said for said in refused.value.message)
    assert run(["verify", str(grown)]) == IntegrityFault.exit_status
    assert newest in capsys.readouterr().err
    with closing(sqlite3.connect(grown)) as file:
        file.execute(f"UPDATE schema_step SET number = {NEWEST + 1} WHERE number = 1")
        file.commit()
    with pytest.raises(IntegrityFault) as refused:
        must_be_registry(grown)
    assert all(newest in said for said in refused.value.message)
    os.truncate(grown, grown.stat().st_size - 4096)
    with pytest.raises(IntegrityFault) as refused:
        must_be_registry(grown)
    assert all(newest in said for said in refused.value.message)


@pytest.mark.parametrize(
    "content", [b"", b"x", "不是台账".encode() * 100, b"SQLite format 3\x00" + b"x" * 500]
)
def test_that_what_is_no_database_is_no_registry(tmp_path, content):
    path = tmp_path / "a.gpkg"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        must_be_registry(path)
    assert path.read_bytes() == content


_WRITER = """
import sys
from pathlib import Path
from app.services.edit import edit
from app.services.registry.registry import Registry
number = 0
registry = Registry.open(Path(sys.argv[1]), by="w")
while True:
    number += 1
    edit.set_values(registry, list(registry.dataset.of("compounds")), {"address": str(number) + "长" * (number % 200)})
    print(number, flush=True)
"""


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_that_a_registry_opens_while_another_program_writes_and_after_it_is_killed(grown, mode):
    with closing(sqlite3.connect(grown)) as plain:
        assert plain.execute(f"PRAGMA journal_mode={mode}").fetchone()[0] == mode.lower()
    for _ in range(2):
        writer = subprocess.Popen(
            [sys.executable, "-P", "-c", _WRITER, str(grown)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            told = int(writer.stdout.readline())
            for _ in range(60):
                must_be_registry(grown)
        finally:
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        told = max([told, *(int(line) for line in writer.stdout.read().splitlines())])
        writer.stdout.close()
        registry = Registry.open(grown)
        (address,) = {record.get("address") for record in registry.dataset.of("compounds").values()}
        assert int(address.rstrip("长")) in (told, told + 1)
        registry.close()
        assert care.verify(grown) == []


def test_that_a_file_that_must_be_recovered_and_can_only_be_read_is_read_from_a_copy(
    grown, tmp_path, monkeypatch
):
    folder = tmp_path / "after"
    folder.mkdir()
    path = _hot_journal(grown, folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    monkeypatch.setattr("app.persistence.care.is_read_only", lambda _path: True)
    must_be_registry(path)
    assert care.verify(path) == []
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_that_where_there_is_no_room_for_that_copy_it_is_said(grown, tmp_path, monkeypatch):
    folder = tmp_path / "after"
    folder.mkdir()
    path = _hot_journal(grown, folder)
    monkeypatch.setattr("app.persistence.care.is_read_only", lambda _path: True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(StorageFault, match="复制到能写的地方"):
        must_be_registry(path)


def test_that_a_schema_step_that_is_no_number_is_damage(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    with closing(sqlite3.connect(registry.path)) as plain, plain:
        plain.execute("UPDATE schema_step SET number = '3x' WHERE number = 2")
    with pytest.raises(IntegrityFault, match="schema_step"):
        must_be_registry(registry.path)
