"""A text without the person in it: the number, and the name and the words for it that stand beside it."""

from __future__ import annotations

import re
from typing import Final

from app.domain.personal import MASK, without_numbers

_PARTS: Final = re.compile(r"[\s,，;；、:：|/()（）\[\]【】]+")
_ABOUT: Final = re.compile(
    r"(?:联系人|联系电话|联系方式|负责人|电话|手机|手机号|身份证|身份证号|号码|户主|业主|房东|租客|tel|phone|mobile|id)+",
    re.IGNORECASE,
)
# The hundred-odd family names that nearly all people bear, and what names of places end in.
_FAMILIES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付"
    "方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_PLACES: Final = re.compile(
    r"[路街巷道弄里村镇乡区号楼栋幢座室院园苑庄坊寓厦场城桥门东西南北侧旁口站处段期庭府居家湾台]$"
)
_NAME: Final = re.compile(r"[一-龥]{1,3}[某一-龥]|[一-龥](?:某|先生|女士|阿姨|师傅|经理|主任)+")


def without_person(text: str) -> str:
    """Return a text without the personal numbers in it and without the names that stand beside them."""
    masked = without_numbers(text)
    if masked == text:
        return text
    kept: list[str] = []
    for part in _PARTS.split(masked.replace(MASK, f" {MASK} ")):
        if part == MASK or not part or _ABOUT.fullmatch(part):
            continue
        kept.append(part)
    if len(kept) > 1:
        kept = [kept[0], *(part for part in kept[1:] if not is_like_a_name(part))]
    return " ".join(kept)


def is_like_a_name(text: str) -> bool:
    """Whether a text could be a person's name: two to four characters, the first a family name, no place at its end."""
    return (
        2 <= len(text) <= 4
        and text[0] in _FAMILIES
        and _NAME.fullmatch(text) is not None
        and _PLACES.search(text) is None
    )
