"""The same text in the same letters: what PDF readers, spreadsheets and input methods put in place of a character."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

from app.domain.identity.traditional import SIMPLIFIED

# Parts of characters that stand alone in texts copied out of a PDF, and the characters they stand for, as Unicode's
# table of equivalent ideographs has them. NFKC knows those from U+2F00 on, not these.
_PARTS: Final = "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺌⺍⺎⺏⺐⺒⺓⺔⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺫⺬⺭⺯⺰⺱⺲⺳⺴⺶⺹⺺⺻⺼⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
_WHOLE: Final = "厂乛乚乙亻冂几刀刂卜小小兀尣尢巳幺彑忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王目示礻糹纟罓罒㓁冗羊耂肀聿肉艹艹艹虎衤覀西见角讠贝车辶辶辶邑钅長镸长门阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
_INVISIBLE: Final = "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"
_BLANKS: Final = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_ODD: Final = re.compile(
    f"[{_INVISIBLE}{_BLANKS}\u2e80-\u2fdf\uf900-\ufaff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0002f800-\U0002fa1f]"
)
_ORDINARY: Final = re.compile(r"[0-9A-Za-z一-龥]*")  # what most cells are made of: nothing to put right
_PART: Final = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
_FOOTNOTE: Final = re.compile(r"(?<=[\d一-龥])[¹²³⁰⁴-⁹]+|[①-⑳⑴-⒇❶-❿⓪]+")
_FRACTION: Final = re.compile(r"(?<=\d)[¼½¾⅐-⅞]")
_MARKS: Final = re.compile(r"[-‐-―−－_/\\／＼.。…·*?？~～—]+|n/?a|null|none|nil|nan", re.IGNORECASE)
_NOT_KNOWN: Final = frozenset(
    [
        "不详",
        "未知",
        "不清楚",
        "不明",
        "不清",
        "不知道",
        "待查",
        "待定",
        "待核",
        "待核实",
        "待补",
        "待补充",
        "待统计",
        "待填",
        "待确认",
        "待调查",
        "未统计",
        "未填",
        "未填写",
        "未调查",
        "未核实",
        "暂缺",
        "缺",
        "缺失",
        "空",
        "空缺",
        "无数据",
        "暂无数据",
        "无资料",
        "暂无资料",
        "无法核实",
        "未提供",
        "未登记",
        "未报",
        "unknown",
        "tbd",
        "missing",
    ]
)


def _table() -> dict[int, str | None]:
    found: dict[int, str | None] = {ord(part): whole for part, whole in zip(_PARTS, _WHOLE, strict=True)}
    found |= dict.fromkeys(map(ord, _INVISIBLE))
    found |= dict.fromkeys(map(ord, _BLANKS), " ")
    for code in (*range(0x2F00, 0x2FE0), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)):
        same = unicodedata.normalize("NFKC", chr(code))
        if same != chr(code):
            found[code] = same
    for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ")):
        found |= {code: chr(code - 0xFEE0) for code in range(ord(first), ord(last) + 1)}
    return found


_FOLDED: Final = _table()


def folded(text: str) -> str:
    """Return a text in the characters people mean: whole ones for radicals, plain letters, digits and blanks.

    Punctuation stays as it is, full-width brackets too.
    """
    return text.translate(_FOLDED) if _ODD.search(text) is not None else text


def is_ordinary(text: str) -> bool:
    """Whether a text is all plain letters, digits and common characters: no normal form changes it but for case."""
    return _ORDINARY.fullmatch(text) is not None


def says_the_same(held: object, read: object) -> bool:
    """Whether a value is what the registry holds, or that put into common characters: then nothing changes."""
    return held == read or (isinstance(held, str) and folded(held).strip() == read)


def changes_letters(text: str) -> bool:
    """Whether folding puts other characters in place of some, beyond blanks, widths and what can't be seen."""
    return _PART.search(text) is not None


def squeezed(text: str) -> str:
    """Return a text as the grammars read it: half width, simplified, without blanks around, quotes of a formula undone.

    The mark of a footnote is a remark, no part of the number before it: 120① and 120² are not 1201 and 1202.
    """
    if is_ordinary(text):
        return text if text.isascii() else text.translate(SIMPLIFIED)
    kept = _FRACTION.sub(r" \g<0>", _FOOTNOTE.sub("[注]", text))
    plain = unicodedata.normalize("NFKC", folded(kept)).translate(SIMPLIFIED).strip()
    if plain.startswith('="') and plain.endswith('"'):
        plain = plain[2:-1]
    return plain.lstrip("'`‘’").strip()


def is_mark(plain: str) -> bool:
    """Whether a (squeezed) cell is a stroke, a slash or the like: the form was filled in, with nothing."""
    return not "一" <= plain[:1] <= "龥" and _MARKS.fullmatch(plain) is not None


def is_word_for_unknown(plain: str) -> bool:
    """Whether a (squeezed) cell says in words that nothing is known."""
    return plain.casefold() in _NOT_KNOWN


def words_for_unknown(texts: Collection[str]) -> list[str]:
    """Return those of many (squeezed) texts that say in words that nothing is known."""
    if _NOT_KNOWN.isdisjoint(map(str.casefold, texts)):
        return []
    return [text for text in texts if is_word_for_unknown(text)]


def is_not_known(plain: str) -> bool:
    """Whether a (squeezed) cell says that nothing is known, in words or by a mark."""
    return is_word_for_unknown(plain) or is_mark(plain)
