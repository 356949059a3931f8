"""Where a registry lies decides how it is written; whatever name it is reached by, it is one file."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import StorageFault
from app.persistence import reading
from app.persistence.files.lease import lease_path
from app.services.edit import edit
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry

_WAL, _DELETE = b"\x02\x02", b"\x01\x01"


@pytest.fixture
def local(tmp_path):
    """Give a closed registry on the local disk."""
    folder = tmp_path / "local"
    folder.mkdir()
    opened = a_small_registry(folder)
    opened.close()
    return opened.path


@pytest.fixture
def share(tmp_path, monkeypatch):
    """Give a folder that lies on a share, as the system tells it."""
    folder = tmp_path / "共享 盘"
    folder.mkdir()
    mounts = reading._mounts
    monkeypatch.setattr(reading, "_mounts", lambda: [*mounts(), (str(folder), "cifs")])
    return folder


@pytest.fixture
def shared(local, share):
    """Give a registry that was copied to the share."""
    return Path(shutil.copy(local, share))


def mode_of(path):
    """Return the header's two bytes that tell the journal mode."""
    return path.read_bytes()[18:20]


def test_that_a_registry_copied_to_a_share_takes_the_shares_mode_with_the_first_change(shared):
    assert mode_of(shared) == _WAL
    before = shared.read_bytes()
    with closing(Registry.open(shared)) as opened:
        opened.history()
    assert shared.read_bytes() == before, "opening changed the file"
    with closing(Registry.open(shared)) as opened:
        edit.set_values(opened, ["C1"], {"households": "9"})
        edit.set_values(opened, ["C1"], {"households": "10"})
    assert mode_of(shared) == _DELETE
    assert care.verify(shared) == []
    assert sorted(path.name for path in shared.parent.iterdir()) == [shared.name]


def test_that_what_lies_in_a_log_copied_along_is_kept(local, share):
    opened = Registry.open(local)
    with closing(sqlite3.connect(local, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM compound").fetchone()
        edit.set_values(opened, ["C1"], {"name": "在日志里"})
        for ending in ("", "-wal"):
            shutil.copy(f"{local}{ending}", share)
    opened.close()
    copied = share / local.name
    with closing(Registry.open(copied)) as found:
        assert found.find("C1").get("name") == "在日志里"
        edit.set_values(found, ["C1"], {"households": "9"})
    assert mode_of(copied) == _DELETE
    with closing(Registry.open(copied)) as found:
        assert (found.find("C1").get("name"), found.find("C1").get("households")) == ("在日志里", 9)


def test_that_where_the_mode_cant_be_set_one_only_reads_and_it_is_said(shared, monkeypatch):
    monkeypatch.setattr(reading, "PATIENCE", 0.0)
    opened = Registry.open(shared)
    with closing(sqlite3.connect(shared, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT COUNT(*) FROM compound").fetchone()
        with pytest.raises(StorageFault, match="另一个程序正开着它") as refused:
            edit.set_values(opened, ["C1"], {"households": "9"})
        assert refused.value.exit_status == 4
        assert opened.is_read_only
        assert "另一个程序正开着它" in opened.why_read_only.zh
        assert opened.find("C1").get("households") != 9
        assert mode_of(shared) == _WAL
    assert opened.look_at_standing()
    edit.set_values(opened, ["C1"], {"households": "9"})
    opened.close()
    assert mode_of(shared) == _DELETE


def test_that_the_mode_qgis_leaves_is_told_by_verify_and_set_back_by_the_first_change(local):
    with closing(sqlite3.connect(local)) as qgis:
        assert qgis.execute("PRAGMA journal_mode=DELETE").fetchone() == ("delete",)
    before = local.read_bytes()
    assert "QGIS" in care.misfit(local).zh
    with closing(Registry.open(local)) as opened:
        opened.history()
    assert local.read_bytes() == before, "opening changed the file"
    with closing(Registry.open(local)) as opened:
        edit.set_values(opened, ["C1"], {"households": "9"})
    assert mode_of(local) == _WAL
    assert care.misfit(local) is None


def test_that_a_local_file_that_another_program_reads_is_written_in_the_mode_it_has(local):
    with closing(sqlite3.connect(local, isolation_level=None)) as qgis:
        qgis.execute("PRAGMA journal_mode=DELETE")
        opened = Registry.open(local)
        stop = []

        def look_meanwhile():  # QGIS reads whenever the map is moved
            if not stop:
                qgis.execute("SELECT COUNT(*) FROM compound").fetchone()
            return 0

        look_meanwhile()
        edit.set_values(opened, ["C1"], {"households": "9"})
        opened.close()
    with closing(Registry.open(local)) as again:
        assert again.find("C1").get("households") == 9


def _link(shared, folder):
    link = folder / "链接.gpkg"
    link.symlink_to(shared)
    return link


def _link_to_link(shared, folder):
    other = folder / "再一个.gpkg"
    other.symlink_to(_link(shared, folder))
    return other


def _linked_folder(shared, folder):
    link = folder / "夹"
    link.symlink_to(shared.parent, target_is_directory=True)
    return link / shared.name


def _dots(shared, folder):
    return folder / ".." / shared.parent.name / shared.name


@pytest.mark.parametrize("spelled", [_link, _link_to_link, _linked_folder, _dots])
def test_that_no_other_name_goes_round_the_lease(local, shared, spelled):
    other = spelled(shared, local.parent)
    holder = Registry.open(shared, by="王敏")
    with closing(Registry.open(other, by="李航")) as second:
        assert second.is_read_only
        with pytest.raises(StorageFault, match="王敏"):
            edit.set_values(second, ["C1"], {"households": "9"})
    assert lease_path(shared).exists()
    holder.close()
    with closing(Registry.open(other, by="李航")) as alone:
        assert lease_path(shared).exists()
        assert not lease_path(other.absolute()).exists() or other.parent.resolve() == shared.parent
        edit.set_values(alone, ["C1"], {"households": "9"})
    assert mode_of(shared) == _DELETE


def test_that_a_file_with_a_second_name_that_no_path_tells_is_only_read(local, tmp_path):
    os.link(local, tmp_path / "硬链接.gpkg")
    for name in (local, tmp_path / "硬链接.gpkg"):
        with closing(Registry.open(name)) as opened:
            assert opened.is_read_only
            with pytest.raises(StorageFault, match="还有一个名字"):
                edit.set_values(opened, ["C1"], {"households": "9"})


def test_that_a_file_mounted_alone_under_another_name_is_only_read(local, monkeypatch):
    mounts = reading._mounts
    monkeypatch.setattr(reading, "_mounts", lambda: [*mounts(), (str(local), "ext4")])
    with closing(Registry.open(local)) as opened:
        assert opened.is_read_only


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.gvfsd-fuse", "vboxsf", "9p", "vfat"])
def test_that_a_folder_on_a_share_is_known_by_the_disk_that_was_mounted_last(monkeypatch, kind):
    monkeypatch.setattr(reading, "_mounts", lambda: [("/", "ext4"), ("/甲 乙", "ext4"), ("/甲 乙", kind)])
    assert reading.is_shared_disk(Path("/甲 乙/a.gpkg"))
    assert not reading.is_shared_disk(Path("/甲/a.gpkg"))


@pytest.mark.parametrize(
    "kind", ["ext4", "btrfs", "overlay", "tmpfs", "zfs", "fuseblk", "fuse.fuse-overlayfs"]
)
def test_that_a_disk_of_this_machine_is_no_share(monkeypatch, kind):
    monkeypatch.setattr(reading, "_mounts", lambda: [("/", kind)])
    assert not reading.is_shared_disk(Path("/甲/a.gpkg"))


def test_that_names_of_mounts_are_read_as_the_system_writes_them(monkeypatch, tmp_path):
    said = "server:/x /mnt/共享\\040盘 nfs4 rw 0 0\n".encode() + b"y /mnt/\xff vfat rw 0 0\n"
    file = tmp_path / "mounts"
    file.write_bytes(said)
    read = Path.read_bytes
    monkeypatch.setattr(
        Path, "read_bytes", lambda self: read(file if str(self) == "/proc/self/mounts" else self)
    )
    assert reading._mounts() == [("/mnt/共享 盘", "nfs4"), (os.fsdecode(b"/mnt/\xff"), "vfat")]
