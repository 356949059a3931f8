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
_COMMON_GB: Final = range(0xB0, 0xD8)  # first bytes of the 3,755 characters of the first level
_COMMON_BIG5: Final = range(0xA4, 0xC7)  # of the 5,401 that are in use
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


def reads_as_big5(data: bytes) -> bool:
    """Whether a text that is no UTF-8 makes sense in Big5 and none in GB18030: common characters against rare ones."""
    try:
        other = data.decode("big5")
        common = _share(data.decode("gb18030"), "gb2312", _COMMON_GB)
    except UnicodeDecodeError:
        return False
    return _share(other, "big5", _COMMON_BIG5) > max(0.8, common + 0.2)


def _share(text: str, encoding: str, common: range) -> float:
    """Return how many of the characters beyond ASCII are common ones, by the first of their two bytes."""
    firsts = [char.encode(encoding, "ignore")[:1] for char in text if not char.isascii()]
    return sum(1 for first in firsts if first and first[0] in common) / max(len(firsts), 1)


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
        text, used = decode(data, encoding)
        if not encoding and used == "gb18030" and reads_as_big5(data):
            raise Unreadable(
                "文字看来是 Big5（繁体）编码，不是 GB18030。用 --encoding big5 再试。",
                "The text reads well as Big5, not as GB18030. Try --encoding big5.",
            )
        return text, used
    except UnknownEncoding as error:
        raise Unreadable(
            f"不是 {error} 编码的文字，换一个 --encoding（如 utf-8、gb18030）。",
            f"The text is not {error}; try another --encoding (utf-8, gb18030).",
        ) from error
