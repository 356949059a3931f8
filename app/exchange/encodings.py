"""Which encoding a stranger's text is in: BOM, then strict UTF-8, then GB18030."""

from __future__ import annotations

import codecs
from typing import Final

from app.exchange.reading import Unreadable

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SHOWN: Final = {"utf-8-sig": "utf-8"}


class UnknownEncoding(Exception):
    """The bytes are text in no encoding we know, or not in the one the user named."""


def canonical(name: str) -> str:
    """Return Python's name of an encoding; GBK and GB2312 are read as GB18030, which contains them."""
    try:
        found = codecs.lookup(name.strip()).name
    except LookupError as error:
        raise UnknownEncoding(name) from error
    return "gb18030" if found in ("gbk", "gb2312", "cp936") else found


def detect(data: bytes) -> str:
    """Return the encoding that ``data`` is in; raise UnknownEncoding where none fits."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    for name in ("utf-8", "gb18030"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    raise UnknownEncoding("UTF-8 / GB18030")


def decode(data: bytes, given: str | None = None) -> tuple[str, str]:
    """Return the text and the encoding it was in, as it is shown to a user."""
    name = canonical(given) if given else detect(data)
    if name == "utf-8" and data.startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    try:
        return data.decode(name), _SHOWN.get(name, name)
    except UnicodeDecodeError as error:
        raise UnknownEncoding(name) from error


def text_in(data: bytes, encoding: str | None) -> tuple[str, str]:
    """Return the text and the encoding it was in; Unreadable where it is in none that we know, or not in the one named."""
    try:
        return decode(data, encoding)
    except UnknownEncoding as error:
        raise Unreadable(
            f"不是 {error} 编码的文字，换一个 --encoding（如 utf-8、gb18030）。",
            f"The text is not {error}; try another --encoding (utf-8, gb18030).",
        ) from error
