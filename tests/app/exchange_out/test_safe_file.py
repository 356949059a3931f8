"""A file is whole or not there."""

from __future__ import annotations

import errno

import pytest

from app.errors import InvalidInput, StorageFault
from app.exchange.formats.safe_file import write_whole, written_aside
from app.jobs import Cancelled


def files_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_that_a_good_write_replaces_the_old_file_and_leaves_nothing_beside_it(tmp_path):
    target = tmp_path / "page.html"
    target.write_text("old")
    with target.open() as reader:
        with written_aside(target) as draft:
            write_whole(draft, "新的一页".encode())
            assert target.read_text() == "old"
        assert reader.read() == "old", "who has the old file open keeps it: never written in place"
    assert target.read_text("utf-8") == "新的一页"
    assert files_in(tmp_path) == ["page.html"]


@pytest.mark.parametrize("trouble", [Cancelled(), OSError(errno.ENOSPC, "full"), ValueError("a bug")])
def test_that_whatever_goes_wrong_the_old_file_stays(tmp_path, trouble):
    target = tmp_path / "page.html"
    target.write_text("old")

    def write():
        with written_aside(target) as draft:
            write_whole(draft, b"half")
            raise trouble

    with pytest.raises((StorageFault, type(trouble))):
        write()
    assert target.read_text() == "old"
    assert files_in(tmp_path) == ["page.html"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "磁盘满了"), (errno.EACCES, "没有写的权限"), (errno.EIO, "磁盘读写出错")],
)
def test_that_the_fault_says_why_and_what_to_do(tmp_path, number, words):
    with pytest.raises(StorageFault) as refused, written_aside(tmp_path / "a.csv"):
        raise OSError(number, "so")
    assert words in refused.value.message.zh
    assert refused.value.exit_status == 4
    assert refused.value.problems[0].file == str(tmp_path / "a.csv")


def test_that_a_short_write_is_noticed(tmp_path):
    with pytest.raises(StorageFault), written_aside(tmp_path / "a.csv") as draft:
        draft.write_bytes(b"")
    assert files_in(tmp_path) == []


def test_that_a_folder_as_target_and_a_missing_folder_are_refused(tmp_path):
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(StorageFault, match="文件夹"), written_aside(tmp_path / "a.csv"):
        pytest.fail("nothing must be written")
    with pytest.raises(InvalidInput, match="没有文件夹"), written_aside(tmp_path / "no" / "a.csv"):
        pytest.fail("nothing must be written")
