"""A registry or backup takes its name only when it is whole, only where the name is free, and for good."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import InvalidInput
from app.exchange.formats.safe_file import written_aside
from app.persistence.files.aside import made_aside
from app.services.keeping import care
from tests.app.builders import a_small_registry

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def path(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    return registry.path


def test_that_of_two_backups_to_one_name_one_is_made_and_the_other_is_told(path, tmp_path):
    for number in range(3):
        target = tmp_path / f"b{number}.gpkg"
        runs = [
            subprocess.Popen(
                [sys.executable, "main.py", "backup", str(path), str(target), "--lang", "en"],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        told = [(run.communicate()[1], run.returncode) for run in runs]
        assert sorted(status for _, status in told) == [0, 2], told
        assert "exists" in next(words for words, status in told if status == 2)
        assert care.verify(target) == []
    assert not [found for found in tmp_path.iterdir() if found.name.startswith(".")]


def test_that_two_at_work_on_one_name_do_not_touch_each_others_draft(tmp_path):
    target = tmp_path / "b.gpkg"

    def slowly():
        with made_aside(target) as slow:
            slow.write_bytes(b"slow")
            with made_aside(target) as quick:
                assert quick != slow
                quick.write_bytes(b"quick")

    with pytest.raises(InvalidInput, match="不覆盖"):
        slowly()
    assert target.read_bytes() == b"quick"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("has_links", [True, False])
def test_that_a_file_that_appears_at_the_last_moment_stays(tmp_path, monkeypatch, has_links):
    def refuse(*_arguments):
        raise PermissionError(1, "no links here")

    if not has_links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    target = tmp_path / "b.gpkg"

    def too_late():
        with made_aside(target) as draft:
            draft.write_bytes(b"ours")
            target.write_bytes(b"theirs")

    with pytest.raises(InvalidInput, match="不覆盖"):
        too_late()
    assert target.read_bytes() == b"theirs"
    with made_aside(tmp_path / "c.gpkg") as draft:
        draft.write_bytes(b"ours")
    assert (tmp_path / "c.gpkg").read_bytes() == b"ours"
    assert sorted(found.name for found in tmp_path.iterdir()) == ["b.gpkg", "c.gpkg"]


@pytest.mark.parametrize("way", [made_aside, written_aside])
def test_that_file_and_then_folder_are_synced(tmp_path, monkeypatch, way):
    synced = []
    fsync = os.fsync

    def watched(handle):
        synced.append((Path(f"/proc/self/fd/{handle}").readlink(), (tmp_path / "b.gpkg").exists()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", watched)
    with way(tmp_path / "b.gpkg") as draft:
        draft.write_bytes(b"x")
    (first, was_there), (last, is_there) = synced[0], synced[-1]
    assert (first, was_there) == (draft, False)
    assert (last, is_there) == (tmp_path, True)


@pytest.mark.parametrize("name", ["长" * 80 + ".gpkg", "a" * 250])
def test_that_a_name_too_long_for_the_disk_is_refused_with_its_bytes(path, tmp_path, name):
    if len(name.encode()) <= 247:
        care.backup(path, tmp_path / name)
        assert care.verify(tmp_path / name) == []
        name = "长" * 82 + ".gpkg"
    with pytest.raises(InvalidInput, match=str(len(name.encode()))):
        care.backup(path, tmp_path / name)


@pytest.mark.parametrize("ending", ["-wal", "-journal"])
def test_that_the_log_of_a_file_that_is_gone_is_never_taken_for_a_new_ones(path, tmp_path, ending):
    target = tmp_path / "gone.gpkg"
    log = Path(f"{target}{ending}")
    log.write_bytes(b"what was saved last")
    with pytest.raises(InvalidInput, match=f"gone.gpkg{ending}"):
        care.backup(path, target)
    assert not target.exists()
    assert log.read_bytes() == b"what was saved last"
    log.write_bytes(b"")  # an empty one says nothing
    care.backup(path, target)
    assert care.verify(target) == []
