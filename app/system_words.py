"""What the system says where a file can't be read or written, in both languages: its own words are English, or another."""

from __future__ import annotations

import errno
import os
from typing import Final

from app.errors import RegistryError, StorageFault
from app.text import Text, readable

_FULL: Final = Text("磁盘满了", "the disk is full")
_NOT_LET: Final = Text("没有权限", "no permission for it")
_BROKEN: Final = Text("磁盘读写出错", "the disk failed")
_AWAY: Final = Text("那个网络盘或移动盘断开了", "the share or removable disk is not connected")
_USED: Final = Text("别的程序正在用它", "another program is using it")
_HANDLES: Final = Text("打开的文件太多", "too many files are open")
_MEANS: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: Text("您在这个磁盘上的配额用完了", "your quota on this disk is used up"),
    errno.EFBIG: Text("系统限制了单个文件的大小", "the system limits the size of a file"),
    errno.EACCES: _NOT_LET,
    errno.EPERM: _NOT_LET,
    errno.EROFS: Text("那里只能读", "nothing can be written there"),
    errno.ENOENT: Text("没有这个文件或文件夹", "there is no such file or folder"),
    errno.EEXIST: Text("那里已经有同名的", "something of that name is there"),
    errno.ENOTDIR: Text("路径里有一段不是文件夹", "a part of the path is no folder"),
    errno.EISDIR: Text("那是文件夹", "it is a folder"),
    errno.ENOTEMPTY: Text("文件夹不是空的", "the folder is not empty"),
    errno.ENAMETOOLONG: Text("文件名太长", "the file name is too long"),
    errno.ELOOP: Text("链接绕成了圈", "its links run in a circle"),
    errno.EINVAL: Text("那里不收这样的文件名", "such a file name is not taken there"),
    errno.EIO: _BROKEN,
    errno.ENODEV: _AWAY,
    errno.ENXIO: _AWAY,
    errno.ESTALE: _AWAY,
    errno.ETIMEDOUT: _AWAY,
    errno.EHOSTDOWN: _AWAY,
    errno.EHOSTUNREACH: _AWAY,
    errno.ENOTCONN: _AWAY,
    errno.EBUSY: _USED,
    errno.ETXTBSY: _USED,
    errno.EMFILE: _HANDLES,
    errno.ENFILE: _HANDLES,
    errno.ENOMEM: Text("内存不够", "there is not enough memory"),
}
_NOT_TEXT: Final = Text("不是 UTF-8 文字", "it is no text in UTF-8")
_OTHER: Final = Text("系统的原话是“{0}”", "the system says: {0}")


_OF_SQLITE: Final = {
    "FULL": _FULL,
    "IOERR": _BROKEN,
    "CANTOPEN": Text("打不开", "it can't be opened"),
    "READONLY": _MEANS[errno.EROFS],
    "PERM": _NOT_LET,
    "CORRUPT": Text("文件损坏了", "the file is damaged"),
    "NOTADB": Text("这不是数据库文件", "it is no database"),
    "BUSY": _USED,
    "LOCKED": _USED,
    "NOMEM": _MEANS[errno.ENOMEM],
}
# of these an error is the matter of the disk or of whoever may use it, wherever in the program it comes up
_OF_PLACE: Final = frozenset(
    number for number, words in _MEANS.items() if words in (_FULL, _NOT_LET, _BROKEN, _AWAY, _HANDLES)
) | {errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP}
_FAILED: Final = Text(
    "{0}：{1}。换个位置，或请管理员看看。", "{0}: {1}. Take another place, or ask whoever keeps it."
)


def fault_of(error: BaseException) -> StorageFault | None:
    """Return what a user can act on where the system let nobody at a file, or could not; None where it is a bug."""
    if not isinstance(error, OSError) or error.filename is None or error.errno not in _OF_PLACE:
        return None
    return StorageFault(_FAILED.format(readable(os.fsdecode(error.filename)), words_of(error)))


def words_of(error: BaseException) -> Text:
    """Return why a file could not be read or written, as half a sentence; the system's own words where they are not known."""
    if isinstance(error, RegistryError):
        return Text(error.message.zh.rstrip("。"), error.message.en.rstrip("."))
    if isinstance(error, UnicodeError):
        return _NOT_TEXT
    if isinstance(error, OSError):
        known = None if error.errno is None else _MEANS.get(error.errno)
    else:
        called = getattr(error, "sqlite_errorname", None) or ""  # such as SQLITE_IOERR_WRITE
        known = _OF_SQLITE.get(called.removeprefix("SQLITE_").partition("_")[0])
    if known is not None:
        return known
    return _OTHER.format(getattr(error, "strerror", None) or str(error) or type(error).__name__)
