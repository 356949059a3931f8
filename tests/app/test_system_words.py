"""What the system says reaches nobody in its own words: a sentence in Chinese holds none of its English."""

from __future__ import annotations

import ast
import errno
import os
import sqlite3
from pathlib import Path

from app.errors import StorageFault
from app.system_words import fault_of, words_of
from app.text import Text
from ui.bridge.errors import words_of as window_words
from ui.cli.run import run

TOP = Path(__file__).resolve().parents[2]
OF_SYSTEM = {"OSError", "PermissionError", "Error"}  # sqlite3.Error is the last


def test_that_no_sentence_is_half_english():
    for number in errno.errorcode:
        said = words_of(OSError(number, os.strerror(number))).zh
        assert os.strerror(number) not in said or "系统的原话是" in said
        assert not said.isascii()


def test_that_what_a_disk_does_most_has_words_of_its_own():
    for number in (
        errno.ENOSPC,
        errno.EACCES,
        errno.EROFS,
        errno.EIO,
        errno.ENOENT,
        errno.ESTALE,
        errno.EDQUOT,
    ):
        assert words_of(OSError(number, os.strerror(number))).zh.isascii() is False
        assert "原话" not in words_of(OSError(number, os.strerror(number))).zh
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"
    assert words_of(full) == words_of(OSError(errno.ENOSPC, "")) == Text("磁盘满了", "the disk is full")
    assert words_of(StorageFault(Text("没有。", "None."))) == Text("没有", "None")


def test_that_a_folder_that_may_not_be_entered_is_no_bug_of_the_program(tmp_path, capsys, monkeypatch):
    def refused(path: Path, **_how: object) -> os.stat_result:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    closed = tmp_path / "y.gpkg"
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", refused)  # root may enter everything
        assert run(["sample", str(closed)]) == StorageFault.exit_status
        assert run(["list", str(closed), "compounds"]) == StorageFault.exit_status
    said = capsys.readouterr().err
    assert said.count("没有权限") >= 2
    assert "Permission" not in said
    assert window_words(PermissionError(errno.EACCES, "", str(closed))).zh.startswith(f"{closed}：没有权限。")
    assert fault_of(FileNotFoundError(errno.ENOENT, "", str(closed))) is None
    assert fault_of(ValueError()) is None


def test_that_every_door_says_it_with_these_words():
    """No sentence takes in an error of the system as the system says it."""
    found = [f"{path.relative_to(TOP)}:{line}" for path in _sources() for line in _raw(path)]
    assert not found, f"say words_of(error) there: {found}"


def test_that_a_copy_into_a_folder_that_takes_nothing_says_why(tmp_path, capsys):
    (tmp_path / "file").touch()
    assert run(["sample", str(tmp_path / "file" / "y.gpkg"), "--profile", "yaohai"]) != 0
    assert "directory" not in capsys.readouterr().err


def _sources() -> list[Path]:
    return sorted(path for room in ("app", "ui") for path in (TOP / room).rglob("*.py"))


def _raw(path: Path) -> list[int]:
    """Return the lines on which a caught error of the system is put into a sentence as it is."""
    found = []
    for handler in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not (isinstance(handler, ast.ExceptHandler) and handler.name and handler.type):
            continue
        caught = {
            part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "")
            for part in ast.walk(handler.type)
        }
        if caught & OF_SYSTEM:
            found += [
                node.lineno
                for part in handler.body
                for node in ast.walk(part)
                if _takes_in(node, handler.name)
            ]
    return found


def _takes_in(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FormattedValue):
        return _is_raw(node.value, name)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return any(_is_raw(value, name) for value in node.args)
    return False


def _is_raw(value: ast.expr, name: str) -> bool:
    plain = (name, f"{name}.strerror", f"str({name})", f"{name}.strerror or {name}")
    return ast.unparse(value) in plain
