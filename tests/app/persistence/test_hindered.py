"""What keeps a registry from being written does not keep it from being read, and is named."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import StorageFault
from app.persistence.files import hindrance, own_copy
from app.services.edit import edit
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from tests.app.persistence.hardship import REFUSED, answering, bar, lowered, without_privileges
from ui.cli.run import run

ROOT = Path(__file__).resolve().parents[3]
_READING = (
    ("list", "compounds"),
    ("show", "C1"),
    ("coverage", "--measure", "party", "--by", "street"),
    ("verify",),
    ("history",),
    ("check",),
    ("export", "OUT.csv"),
    ("backup", "OUT.gpkg"),
)
_KILLED = """
import os, sys
from pathlib import Path
from app.services.edit import edit
from app.services.registry.registry import Registry
opened = Registry.open(Path(sys.argv[1]))
edit.set_values(opened, ["C1"], {"households": "777"})
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def path(tmp_path):
    """Give a closed registry in a folder of its own."""
    folder = tmp_path / "满"
    folder.mkdir()
    opened = a_small_registry(folder)
    opened.close()
    return opened.path


@pytest.fixture
def with_log(path):
    """Give one whose last change lies in the log alone: its writer was killed."""
    child = subprocess.run(
        [sys.executable, "-c", _KILLED, str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    assert Path(f"{path}-wal").stat().st_size
    Path(f"{path}-shm").unlink()
    return path


def content_of(folder):
    """Return the bytes of every file in a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.mark.parametrize("words", _READING, ids=lambda words: words[0])
def test_that_every_verb_that_reads_does_so_on_a_full_disk(path, tmp_path, monkeypatch, capsys, words):
    bar(path)
    monkeypatch.setattr(hindrance.tempfile, "TemporaryFile", answering(errno.ENOSPC))
    before = content_of(path.parent)
    out = [word.replace("OUT", str(tmp_path / "out")) for word in words[1:]]
    assert run([words[0], str(path), *out]) == 0
    said = capsys.readouterr().err
    assert "没有保存" not in said
    assert ("磁盘满了" in said) is (words[0] not in ("verify", "backup"))
    assert {name: data for name, data in content_of(path.parent).items() if name in before} == before
    if words[0] == "backup":
        assert care.verify(tmp_path / "out.gpkg") == []


@pytest.mark.parametrize(("number", "cause"), REFUSED.items())
def test_that_the_cause_is_named_and_a_write_says_that_nothing_was_saved(path, monkeypatch, number, cause):
    bar(path)
    monkeypatch.setattr(hindrance.tempfile, "TemporaryFile", answering(number))
    with closing(Registry.open(path)) as opened:
        assert opened.is_read_only
        assert cause in opened.why_read_only.zh
        assert opened.find("C1")
        with pytest.raises(StorageFault, match=f"^没有保存：.*{cause}") as refused:
            edit.set_values(opened, ["C1"], {"households": "9"})
        assert refused.value.exit_status == 4
        assert "zh=" not in refused.value.message.zh


def test_that_what_lies_in_the_log_is_shown_on_a_full_disk(with_log):
    bar(with_log)
    with closing(Registry.open(with_log)) as opened:
        assert opened.find("C1").get("households") == 777
    assert care.verify(with_log) == []


def test_that_it_may_be_written_again_as_soon_as_there_is_room(path):
    bar(path)
    opened = Registry.open(path)
    assert opened.is_read_only
    assert not opened.look_at_standing()
    Path(f"{path}-shm").unlink()
    assert opened.look_at_standing()
    edit.set_values(opened, ["C1"], {"households": "9"})
    opened.close()
    with closing(Registry.open(path)) as again:
        assert again.find("C1").get("households") == 9


def test_that_a_limit_on_the_size_of_files_is_named_and_shuts_no_reading(with_log):
    with lowered(resource.RLIMIT_FSIZE, 16384), closing(Registry.open(with_log)) as opened:
        assert "限制了单个文件的大小" in opened.why_read_only.zh
        assert opened.find("C1").get("households") == 777
        assert opened.history()
    assert care.verify(with_log) == []


def test_that_a_write_without_room_changes_nothing_and_works_once_there_is(path):
    opened = Registry.open(path)
    edit.set_values(opened, ["C1"], {"households": "8"})
    with lowered(resource.RLIMIT_FSIZE, 16384):
        with pytest.raises(StorageFault, match=r"^没有保存：.*限制了单个文件的大小"):
            edit.set_values(opened, ["C1"], {"address": "长" * 20000})
        assert opened.find("C1").get("households") == 8
        assert opened.refresh() is None
    assert not opened.is_read_only
    edit.set_values(opened, ["C1"], {"households": "9"})
    opened.close()
    assert care.verify(path) == []
    with closing(Registry.open(path)) as again:
        assert again.find("C1").get("households") == 9
        assert again.find("C1").get("address") is None


def test_that_closing_without_room_tells_no_reader_that_nothing_was_saved(path):
    opened = Registry.open(path)
    edit.set_values(opened, ["C1"], {"households": "9"})
    with lowered(resource.RLIMIT_FSIZE, 4096):
        opened.close()
    with closing(Registry.open(path)) as again:
        assert again.find("C1").get("households") == 9
    assert care.verify(path) == []


@pytest.mark.parametrize("has_index", [True, False])
def test_that_a_folder_to_read_only_with_a_log_left_in_it_is_read(with_log, tmp_path, has_index):
    if has_index:
        Path(f"{with_log}-shm").write_bytes(b"")
    folder = with_log.parent
    before = content_of(folder)

    def work():
        with closing(Registry.open(with_log)) as opened:
            assert opened.is_read_only
            assert opened.find("C1").get("households") == 777
            with pytest.raises(StorageFault, match="没有保存"):
                edit.set_values(opened, ["C1"], {"households": "9"})
        assert care.verify(with_log) == []
        care.backup(with_log, tmp_path / "b.gpkg")
        with closing(Registry.open(tmp_path / "b.gpkg")) as copy:
            assert copy.find("C1").get("households") == 777

    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    try:
        without_privileges(work)
    finally:
        folder.chmod(0o755)
    assert content_of(folder) == before


def test_that_a_folder_to_read_only_is_read_without_copying(path, monkeypatch):
    def no_copy(_path):
        raise AssertionError("it was copied")

    monkeypatch.setattr("app.persistence.reading.own_copy", no_copy)

    def work():
        with closing(Registry.open(path)) as opened:
            assert opened.is_read_only
            assert opened.find("C1")

    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        without_privileges(work)
    finally:
        path.parent.chmod(0o755)


def test_that_the_copy_for_reading_is_made_anew_when_the_registry_changed(with_log):
    first = own_copy.own_copy(with_log)
    assert own_copy.own_copy(with_log) == first
    with Path(f"{with_log}-wal").open("ab") as log:
        log.write(b"\0")
    assert own_copy.own_copy(with_log) != first


@pytest.mark.parametrize("spare", range(12))
def test_that_without_file_handles_it_opens_or_says_so(path, spare):
    with closing(Registry.open(path)):  # everything is imported
        pass
    lowest = os.open(os.devnull, os.O_RDONLY)
    os.close(lowest)
    said = ""
    with lowered(resource.RLIMIT_NOFILE, lowest + spare):
        try:
            with closing(Registry.open(path)) as opened:
                assert opened.find("C1")
        except StorageFault as error:
            said = error.message.zh
    assert "没有保存" not in said
    assert not said or "打开的文件太多" in said
    assert care.verify(path) == []
