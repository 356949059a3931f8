"""One connection writes a registry while it is open; its log is folded when it is quiet and at the end."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.edits import Put
from app.errors import StorageFault
from app.persistence import connection
from app.services.edit import edit
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry, square
from tests.app.town import made

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def registry(tmp_path):
    opened = a_small_registry(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def late(monkeypatch):
    """No quiet comes within a test."""
    monkeypatch.setattr(connection, "QUIET", 3600.0)


def log_of(path):
    return Path(f"{path}-wal")


def households_in(path):
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as plain:
        return plain.execute("SELECT households FROM compound WHERE code = 'C1'").fetchone()[0]


def alone(path, folder):
    """Return what a plain copy of the file alone holds."""
    return households_in(shutil.copy(path, folder / "alone.gpkg"))


def fold_threads():
    return [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


def wait_for_copies(registry):
    """Wait until what copies the log has ended: a file that is read while it is written has pages of two times."""
    for thread in fold_threads():
        if thread.function == registry._store._pen._copy_long:
            thread.join()


def test_that_the_log_stays_between_changes_and_others_read_beside_it(registry, late):
    edit.set_values(registry, ["C1"], {"households": 11})
    log = log_of(registry.path).stat().st_ino
    for number in range(5):
        assert care.verify(registry.path) == []
        other = Registry.open(registry.path)
        edit.set_values(other, ["C1"], {"households": 20 + number})
        other.close()
        registry.refresh()
        edit.set_values(registry, ["C1"], {"households": 30 + number})
    assert log_of(registry.path).stat().st_ino == log


def test_that_a_plain_copy_is_whole_again_when_it_has_been_quiet(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "QUIET", 0.01)
    edit.set_values(registry, ["C1"], {"households": 77})
    for thread in fold_threads():
        thread.join()
    assert log_of(registry.path).stat().st_size == 0
    assert alone(registry.path, tmp_path) == 77


def test_that_what_a_reader_holds_back_is_folded_once_it_is_gone(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "QUIET", 0.01)
    with closing(sqlite3.connect(registry.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM compound").fetchone()
        edit.set_values(registry, ["C1"], {"households": 78})
        first = fold_threads()
        for thread in first:
            thread.join()
        assert alone(registry.path, tmp_path) != 78
    while fold_threads():
        for thread in fold_threads():
            thread.join()
    assert alone(registry.path, tmp_path) == 78


def test_that_closing_folds_all_and_ends_the_thread(registry, tmp_path, late):
    edit.set_values(registry, ["C1"], {"households": 79})
    assert alone(registry.path, tmp_path) != 79
    registry.close()
    assert not log_of(registry.path).exists()
    assert alone(registry.path, tmp_path) == 79
    assert fold_threads() == []


def test_that_a_log_taken_away_under_the_connection_loses_nothing(registry, late):
    edit.set_values(registry, ["C1"], {"households": 80})
    registry.path.open("rb").close()  # lets go of every lock that this process has on the file
    fold = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM compound'); c.close()"
    subprocess.run([sys.executable, "-P", "-c", fold, str(registry.path)], check=True)
    edit.set_values(registry, ["C1"], {"households": 81})
    assert households_in(registry.path) == 81
    assert care.verify(registry.path) == []


def test_that_no_log_is_left_for_a_file_put_in_its_place(registry, tmp_path, late):
    other = shutil.copy(registry.path, tmp_path / "other.gpkg")
    before = households_in(other)
    edit.set_values(registry, ["C1"], {"households": 82})
    moved = registry.path.rename(tmp_path / "moved.gpkg")
    shutil.move(other, registry.path)
    with pytest.raises(StorageFault):
        registry.refresh()
    assert households_in(registry.path) == before
    assert households_in(moved) == 82


def test_that_writing_imports_no_sqlalchemy(registry):
    registry.close()
    code = (
        "import sys; from pathlib import Path; from app.services.edit import edit; "
        "from app.services.registry.registry import Registry; r = Registry.open(Path(sys.argv[1])); "
        "edit.set_values(r, ['C1'], {'households': '5'}); r.close(); assert 'sqlalchemy' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(registry.path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def many(first, count=600):
    shape = square(0, 0)
    return [
        Put(made("compounds", f"N{first + n}", name=f"新小区{n}", address="路" * 150, geometry=shape))
        for n in range(count)
    ]


def is_whole(path, folder):
    """Whether a plain copy of the file alone, without its log, holds every record of a change."""
    with closing(sqlite3.connect(shutil.copy(path, folder / "alone.gpkg"))) as plain:
        return plain.execute("SELECT COUNT(*) FROM compound WHERE code LIKE 'N%'").fetchone()[0]


def test_that_a_change_copies_nothing_into_the_file_itself(registry, late, monkeypatch, tmp_path):
    monkeypatch.setattr(connection, "LONG", 1 << 40)
    registry.commit(many(0), verb="add")
    before = registry.path.read_bytes()
    for number in range(3):
        registry.commit(many(1000 * (number + 1)), verb="add")
    assert log_of(registry.path).stat().st_size > 1000 * 4096
    assert registry.path.read_bytes() == before
    registry.close()
    assert is_whole(registry.path, tmp_path) == 2400


def test_that_a_long_log_is_copied_by_another_thread_without_waiting_for_quiet(
    registry, late, monkeypatch, tmp_path
):
    monkeypatch.setattr(connection, "LONG", 1 << 16)
    registry.commit(many(0), verb="add")
    wait_for_copies(registry)
    assert is_whole(registry.path, tmp_path) == 600
    assert log_of(registry.path).stat().st_size > 1 << 16
    edit.set_values(registry, ["C1"], {"households": 78})
    assert households_in(registry.path) == 78


def test_that_many_small_changes_are_copied_before_it_is_quiet_too(registry, late, monkeypatch, tmp_path):
    monkeypatch.setattr(connection, "MANY", 3)
    for number in range(4):
        edit.set_values(registry, ["C1"], {"households": 80 + number})
    wait_for_copies(registry)
    assert alone(registry.path, tmp_path) >= 82


def test_that_a_log_is_not_copied_into_a_file_that_took_the_registrys_place(
    registry, late, monkeypatch, tmp_path
):
    edit.set_values(registry, ["C1"], {"households": 55})
    other = a_small_registry(tmp_path, "other.gpkg")
    other.close()
    before = other.path.read_bytes()
    other.path.replace(registry.path)
    registry._store._pen._copy()
    assert registry.path.read_bytes() == before
    assert not registry._store.is_still_the_file()
