"""What a system may refuse, brought about without being its administrator, and in spite of being one."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_VERSION_3 = 0x20080522
_OVERRIDES = 1 << 1 | 1 << 2  # to write and to search whatever the permissions say


@contextmanager
def lowered(limit: int, value: int) -> Iterator[None]:
    """Let this process have less of something for a while."""
    soft, hard = resource.getrlimit(limit)
    resource.setrlimit(limit, (value, hard))
    try:
        yield
    finally:
        resource.setrlimit(limit, (soft, hard))


def without_privileges(work: Callable[[], None]) -> None:
    """Run work in a child for which permissions hold, whoever runs the tests; its failure fails here."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _drop()
            work()
            status = 0
        except BaseException:  # the child must end here, whatever it is
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, "see the traceback of the child"


def _drop() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(_VERSION_3, 0)
    held = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then the high halves
    assert libc.capget(header, held) == 0, os.strerror(ctypes.get_errno())
    for place in range(3):
        held[place] &= ~_OVERRIDES & 0xFFFFFFFF
    assert libc.capset(header, held) == 0, os.strerror(ctypes.get_errno())


def bar(path: Path) -> None:
    """Keep SQLite from making its index beside a file, as a full disk does."""
    path.with_name(path.name + "-shm").symlink_to("nowhere")  # SQLite follows no link there


def answering(number: int) -> Callable[..., None]:
    """Return what a system answers that refuses room or handles: put it in the place of making a file."""

    def refuse(*_args: object, **_named: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


REFUSED = {
    errno.ENOSPC: "磁盘满了",
    errno.EDQUOT: "配额用完了",
    errno.EFBIG: "限制了单个文件的大小",
    errno.EROFS: "只能读",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.EIO: "建不了保存时要用的文件",
}
