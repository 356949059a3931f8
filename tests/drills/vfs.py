"""SQLite's own way to the disk, written down: every write, truncation, sync and removal, in the order they came.

A VFS is put before the default one in the same SQLite that Python uses, so that the program is recorded as it is.
Only one process at a time is recorded, and it ends after.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_INT, _I64, _PTR, _TEXT = ctypes.c_int, ctypes.c_int64, ctypes.c_void_p, ctypes.c_char_p


class _Methods(ctypes.Structure):
    _fields_ = [("version", _INT), *((name, _PTR) for name in (
        "close", "read", "write", "truncate", "sync", "size", "lock", "unlock", "reserved", "control",
        "sector", "traits", "shm_map", "shm_lock", "shm_barrier", "shm_unmap", "fetch", "unfetch",
    ))]  # fmt: skip


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", _INT),
        ("size", _INT),
        ("longest", _INT),
        ("next", _PTR),
        ("name", _TEXT),
        ("data", _PTR),
        *((name, _PTR) for name in (
            "open", "delete", "access", "full", "dl_open", "dl_error", "dl_sym", "dl_close",
            "random", "sleep", "time", "error", "time64", "set_call", "get_call", "next_call",
        )),
    ]  # fmt: skip


_WRITE = ctypes.CFUNCTYPE(_INT, _PTR, _PTR, _INT, _I64)
_TRUNCATE = ctypes.CFUNCTYPE(_INT, _PTR, _I64)
_SYNC = ctypes.CFUNCTYPE(_INT, _PTR, _INT)
_CLOSE = ctypes.CFUNCTYPE(_INT, _PTR)
_OPEN = ctypes.CFUNCTYPE(_INT, _PTR, _PTR, _PTR, _INT, ctypes.POINTER(_INT))
_DELETE = ctypes.CFUNCTYPE(_INT, _PTR, _TEXT, _INT)


_AT_WORK: list[Recorder] = []  # SQLite holds addresses of theirs until the process ends


class Recorder:
    """Records everything that SQLite does to files from now on; ``log`` holds it, with whatever else is noted.

    ``watch`` is told the name and the place of each write once it was done.
    """

    def __init__(self, watch: Callable[[str, int], None] | None = None) -> None:
        _AT_WORK.append(self)
        self._watch = watch
        self.log: list[tuple[Any, ...]] = []
        self._names: dict[int, str] = {}  # address of an open file → its name
        self._tables: dict[
            int, tuple[_Methods, Any]
        ] = {}  # address of a table of methods → ours, and its callbacks
        library = ctypes.CDLL(_where_sqlite_is())
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        library.sqlite3_vfs_find.argtypes = [_TEXT]
        self._default = library.sqlite3_vfs_find(None).contents
        self._ours = _Vfs()
        ctypes.pointer(self._ours)[0] = self._default
        self._ours.name = b"recorded"
        self._open = _OPEN(self._on_open)
        self._delete = _DELETE(self._on_delete)
        self._ours.open = ctypes.cast(self._open, _PTR).value
        self._ours.delete = ctypes.cast(self._delete, _PTR).value
        self._real_open = _OPEN(self._default.open)
        self._real_delete = _DELETE(self._default.delete)
        library.sqlite3_vfs_register(ctypes.byref(self._ours), 1)

    def _on_open(self, _vfs: int, name: int, file: int, flags: int, out: Any) -> int:
        status = self._real_open(ctypes.addressof(self._default), name, file, flags, out)
        if status == 0 and name:
            self._names[file] = Path(os.fsdecode(ctypes.string_at(name))).name
            slot = ctypes.cast(file, ctypes.POINTER(_PTR))
            slot[0] = ctypes.addressof(self._methods(int(slot[0])))
        return status

    def _on_delete(self, _vfs: int, name: bytes, sync: int) -> int:
        status = self._real_delete(ctypes.addressof(self._default), name, sync)
        if status == 0:
            self.log.append(("delete", Path(os.fsdecode(name)).name, bool(sync)))
        return status

    def _methods(self, table: int) -> _Methods:
        if table not in self._tables:
            real = _Methods.from_address(table)
            write, truncate, sync, close = (
                _WRITE(real.write), _TRUNCATE(real.truncate), _SYNC(real.sync), _CLOSE(real.close)
            )  # fmt: skip

            def on_write(file: int, data: int, size: int, at: int) -> int:
                self._note("write", file, at, ctypes.string_at(data, size))
                status = write(file, data, size, at)
                if self._watch is not None and file in self._names:
                    self._watch(self._names[file], at)
                return status

            def on_truncate(file: int, size: int) -> int:
                self._note("truncate", file, size)
                return truncate(file, size)

            def on_sync(file: int, flags: int) -> int:
                status = sync(file, flags)
                self._note("sync", file)
                return status

            def on_close(file: int) -> int:
                self._names.pop(file, None)
                return close(file)

            ours = _Methods()
            ctypes.pointer(ours)[0] = real
            callbacks = (_WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync), _CLOSE(on_close))
            for field, callback in zip(("write", "truncate", "sync", "close"), callbacks, strict=True):
                setattr(ours, field, ctypes.cast(callback, _PTR).value)
            self._tables[table] = (ours, (callbacks, write, truncate, sync, close))
        return self._tables[table][0]

    def _note(self, what: str, file: int, *more: object) -> None:
        if file in self._names:
            self.log.append((what, self._names[file], *more))


def _where_sqlite_is() -> str:
    """Return the library that Python's driver runs on: its own file where SQLite is built into it."""
    for line in Path("/proc/self/maps").read_text("utf-8").splitlines():
        if "libsqlite3" in line:
            return line.split(maxsplit=5)[-1]
    return str(_sqlite3.__file__)
