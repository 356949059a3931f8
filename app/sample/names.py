"""Names for synthetic compounds, firms and streets: usual in their kind, made up, none of them a real one's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.codes.codes import credit_check_character

if TYPE_CHECKING:
    import numpy as np

_HEADS: Final = (
    "锦绣翠柏云景兰亭清和安瑞祥嘉汇文丰华金桂银杏碧水青松紫竹明湖晨曦春晓映月望江听雨怀远思源永乐长宁"
)
_TAILS: Final = "苑庭园湾里居台轩阁坊岸林溪谷洲原泽川陵泉"
_NEW: Final = ("花园", "家园", "雅苑", "华府", "名邸", "公馆", "新城", "国际", "御景", "时代")
_OLD: Final = ("新村", "小区", "一村", "二村", "三村", "大院", "宿舍", "东院", "西院", "里弄")
_MOVED: Final = ("安置小区", "回迁苑", "安居苑", "新居", "佳园")
_WORKS: Final = (
    "纺织厂",
    "机床厂",
    "轴承厂",
    "搪瓷厂",
    "粮食局",
    "供销社",
    "印刷厂",
    "汽配厂",
    "电机厂",
    "木材公司",
)
_ROADS: Final = (
    "枫林",
    "站前",
    "新华",
    "红旗",
    "工农",
    "滨河",
    "学府",
    "育才",
    "迎宾",
    "建材",
    "仓储",
    "园丁",
    "劳动",
    "和顺",
    "柳荫",
    "北苑",
    "广场",
    "民生",
    "桃园",
    "康乐",
)
_FIRMS: Final = "安诚信达恒泰永联宏泽润邦鸿益佳宜惠民康宁正弘"
_ORG_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


class Names:
    """Gives out names and credit codes, none of them twice."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def compound(self, kind: str) -> str:
        """Return a name that is usual for compounds of a kind."""
        while True:
            body = self._letter(_HEADS) + self._letter(_HEADS)
            if body[0] == body[1]:
                continue
            if kind == "old":
                if self._rng.random() < 0.35:
                    body = self._letter(_HEADS) + self._word(_WORKS)
                    name = body + self._word(("宿舍", "大院", "家属院", "新村"))
                else:
                    name = body + self._word(_OLD)
            elif kind == "resettlement":
                name = body + self._word(_MOVED)
            else:
                name = body + (self._word(_NEW) if self._rng.random() < 0.7 else self._letter(_TAILS))
            if self._is_new(name):
                return name

    def firm(self) -> str:
        """Return a property firm's name."""
        while True:
            letters = [self._letter(_FIRMS) for _ in range(2)]
            name = "".join(letters) + self._word(("物业服务有限公司", "物业管理有限公司", "城市服务有限公司"))
            if letters[0] != letters[1] and self._is_new(name):
                return name

    def address(self, street: str) -> str:
        """Return a street address of the pattern that the sources use."""
        return f"{street}{self._word(_ROADS)}路{int(self._rng.integers(1, 399))}号"

    def credit_code(self, region: str) -> str:
        """Return an unused unified social credit code of a company, both check characters right."""
        while True:
            middle = "MA" + "".join(_ORG_LETTERS[int(i)] for i in self._rng.integers(0, 31, 6))
            values = [int(letter, 36) for letter in middle]
            check = -sum(v * w for v, w in zip(values, _ORG_WEIGHTS, strict=True)) % 11
            code = f"91{region}{middle}{'X' if check == 10 else check}"
            code += credit_check_character(code)
            if self._is_new(code):
                return code

    def _is_new(self, name: str) -> bool:
        if name in self._given:
            return False
        self._given.add(name)
        return True

    def _letter(self, letters: str) -> str:
        return letters[int(self._rng.integers(0, len(letters)))]

    def _word(self, words: tuple[str, ...]) -> str:
        return words[int(self._rng.integers(0, len(words)))]


_DIGITS: Final = "零一二三四五六七八九"


def ordinal(number: int) -> str:
    """Return a number below 100 in Chinese, as grids are counted: 十二."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def short_name(community: str) -> str:
    """Return a community's name without its committee: 填海巷社区居委会 → 填海巷社区."""
    for ending in ("居委会", "村委会"):
        if community.endswith(ending):
            stem = community[: -len(ending)]
            return stem if stem.endswith(("社区", "村")) else stem + ("村" if ending == "村委会" else "社区")
    return community
