"""Why a registry can't be written just now: found out by trying, and said with what to do.

SQLite tells "disk I/O error" of a full disk, a used up quota and a limit alike, and "unable to open" of a folder to
read only as of a system without file handles. The system itself knows which: whoever failed asks it.
"""

from __future__ import annotations

import errno
import os
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.errors import StorageFault
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_ENOUGH: Final = 1 << 16  # bytes: more than what SQLite needs beside a file to read it


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One reason why a registry can only be read. ``kind`` is for the program, the sentences are for people.

    ``saves_elsewhere``: a backup in another place is what helps now.
    """

    kind: str
    cause: Text  # a sentence
    way_on: Text  # another
    saves_elsewhere: bool = True

    @property
    def words(self) -> Text:
        """What is said where a registry can only be read."""
        return Text(
            f"{self.cause.zh}这本台账现在只能看。{self.way_on.zh}",
            f"{self.cause.en} This registry can only be read now. {self.way_on.en}",
        )

    @property
    def refusal(self) -> Text:
        """What is said where something was to be saved."""
        return Text(
            f"没有保存：{self.cause.zh}{self.way_on.zh}", f"Not saved: {self.cause.en} {self.way_on.en}"
        )


class Hindered(StorageFault):
    """Nothing can be written, for a reason that is known."""

    def __init__(self, hindrance: Hindrance, message: Text) -> None:
        super().__init__(message)
        self.hindrance = hindrance


FULL: Final = Hindrance(
    "full",
    Text("磁盘满了。", "The disk is full."),
    Text("可以备份到别的磁盘；腾出空间就能接着改。", "Back up to another disk; make room to go on writing."),
)
QUOTA: Final = Hindrance(
    "quota",
    Text("您在这个磁盘上的配额用完了。", "Your quota on this disk is used up."),
    Text(
        "可以备份到别处；删掉用不着的文件，或请管理员加配额，就能接着改。",
        "Back up elsewhere; delete files you don't need or ask for more to go on writing.",
    ),
)
LIMIT: Final = Hindrance(
    "limit",
    Text(
        "系统限制了单个文件的大小，台账写不下了。",
        "The system limits the size of a file, and the registry needs more.",
    ),
    Text(
        "可以备份到别处；请管理员放宽限制，就能接着改。",
        "Back up elsewhere; ask for a higher limit to go on writing.",
    ),
)
READ_ONLY: Final = Hindrance(
    "read_only",
    Text("台账所在的位置只能读。", "The place where the registry lies can only be read."),
    Text("复制到能写的地方，就能改。", "Copy it to where you can write to change it."),
)
HANDLES: Final = Hindrance(
    "handles",
    Text("打开的文件太多，系统不给新的了。", "Too many files are open; the system gives no more."),
    Text("关掉一些程序或窗口再试。", "Close some programs or windows and try again."),
)
NAMES: Final = Hindrance(
    "names",
    Text(
        "这个文件在别处还有一个名字（硬链接或绑定挂载），从两个名字写会丢改动。",
        "This file has another name elsewhere (a hard link or a bind mount); writing under two names loses changes.",
    ),
    Text("复制一份再打开，就能改。", "Copy it and open the copy to change it."),
)
IN_USE: Final = Hindrance(
    "in_use",
    Text(
        "台账在网络盘或移动盘上，第一次保存前要换成适合那里的写法，可是另一个程序正开着它。",
        "The registry lies on a share or a removable disk and must be set for that before it is first written, "
        "but another program has it open.",
    ),
    Text("关掉那个程序，就能改。", "Close that program to change it."),
    saves_elsewhere=False,
)
_BY_NUMBER: Final = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: QUOTA,
    errno.EFBIG: LIMIT,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EMFILE: HANDLES,
    errno.ENFILE: HANDLES,
}


def hindrance_of(path: Path) -> Hindrance | None:
    """Return what keeps this user from writing beside a file, found by trying; None if nothing does."""
    try:
        with tempfile.TemporaryFile(prefix=".registry-", dir=path.parent, buffering=0) as file:
            rest = memoryview(bytes(_ENOUGH))
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())  # a quota on a share is told no earlier
    except OSError as error:
        return of_number(error.errno)
    if _is_at_limit(path):
        return LIMIT
    return None if os.access(path, os.W_OK) else READ_ONLY


def of_number(number: int | None) -> Hindrance | None:
    """Return what an error of the system stands for; None if it says nothing of the place."""
    return None if number is None else _BY_NUMBER.get(number)


def _is_at_limit(path: Path) -> bool:
    try:
        import resource
    except ImportError:  # a system without such limits
        return False
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return most != resource.RLIM_INFINITY and path.stat().st_size + _ENOUGH > most
