"""Forms drawn anew by a seed: headings, values and columns of private persons, and how many of them are understood."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.errors import InvalidInput
from app.exchange.mapping.forms import headings_of
from app.exchange.mapping.meaning import map_columns
from app.exchange.reader import Source
from app.exchange.reading import SourceRow
from app.exchange.request import ImportRequest
from app.exchange.values.answers import read_answer
from app.exchange.values.days import read_written_day, read_year
from app.exchange.values.numbers import count_units, read_count
from app.exchange.values.outcome import Unclear

if TYPE_CHECKING:
    from app.domain.profile.profile import Profile

TODAY: Final = date(2026, 11, 22)
FIELDS: Final = {
    "street": ["街道", "镇街", "街镇", "乡镇", "办事处"],
    "community": ["社区", "村", "村居", "居委会"],
    "grid": ["网格"],
    "households": ["户", "居民户", "住户", "常住户"],
    "residents": ["常住人口", "居住人口", "实有人口"],
    "buildings": ["楼栋", "栋", "幢", "居民楼"],
    "built_year": ["建成", "竣工", "交付", "建设"],
    "owners_committee": ["业委会", "业主委员会"],
    "party_organisation": ["党组织", "党支部"],
    "gate_guard": ["门卫", "门岗"],
    "defence_technical": ["监控", "技防", "视频监控"],
    "property_firm": ["物业", "物业服务企业", "物业公司"],
    "name": ["小区", "院落", "楼盘", "住宅小区", "项目"],
}
_UNIT_FORMS: Final = ["{}", "{}名称", "所属{}", "所在{}", "{}编号", "{}代码", "所属{}名称", "{}（必填）"]
_COUNT_FORMS: Final = ["{}数", "{}数量", "总{}数", "{}数（个）", "{}总数", " {} 数"]
_ANSWER_FORMS: Final = [
    "{}", "有无{}", "是否有{}", "{}情况", "是否成立{}", "有无{}（是/否）", "{}\n情况", "{}覆盖情况"
]  # fmt: skip
FORMS: Final = {
    **dict.fromkeys(("street", "community", "grid"), _UNIT_FORMS),
    **dict.fromkeys(("households", "buildings"), _COUNT_FORMS),
    "residents": ["{}", "{}数", "{}数（人）", "{}总数"],
    "built_year": ["{}年份", "{}时间", "{}年代", "{}日期", "{}年份（年）"],
    **dict.fromkeys(
        ("owners_committee", "party_organisation", "gate_guard", "defence_technical", "property_firm"),
        _ANSWER_FORMS,
    ),
    "name": ["{}名", "{}名称", "{}全称", "{}名称（全称）"],
}
_DIGITS: Final = "零一二三四五六七八九"


class Headings(NamedTuple):
    """How many headings were drawn, and those that were not known for their field."""

    drawn: int
    missed: list[str]


class Values(NamedTuple):
    """What came of the values that were drawn; ``wrong``: read as something that nobody wrote."""

    read: int
    asked: int
    refused: int
    wrong: list[str]

    @property
    def drawn(self) -> int:
        """How many were drawn."""
        return self.read + self.asked + self.refused + len(self.wrong)


def headings(profile: Profile, seed: int, count: int = 300) -> Headings:
    """Draw headings of compounds, fields × forms, and ask what they mean."""
    draw, known, missed = random.Random(seed), headings_of("compounds", profile), []
    for _ in range(count):
        field = draw.choice(sorted(FIELDS))
        heading = draw.choice(FORMS[field]).format(draw.choice(FIELDS[field]))
        claims = known.claims(heading)
        if not claims or claims[0].field != field:
            missed.append(heading)
    return Headings(count, missed)


def values(seed: int, count: int = 600) -> Values:
    """Draw counts, years, days and answers as people write them, some of which say nothing sure, and read them."""
    draw, read, asked, refused = random.Random(seed), 0, 0, 0
    wrong: list[str] = []
    for _ in range(count):
        written, meant, reader = draw.choice((_a_count, _a_year, _a_day, _an_answer))(draw)
        try:
            found = reader(written).value
        except Unclear:
            asked += 1
        except InvalidInput:
            refused += 1
        else:
            if found == meant:
                read += 1
            else:
                wrong.append(f"{written!r} → {found!r}, not {meant!r}")
    return Values(read, asked, refused, wrong)


class Personal(NamedTuple):
    """Of columns of private persons and others: the share of the former that is left out, and of what is left out, with what was not so."""

    recall: float
    precision: float
    missed: list[str]
    wrong: list[str]


def personal(profile: Profile, seed: int, count: int = 1000) -> Personal:
    """Draw columns, every other one of private persons, and see which are left out as such."""
    draw, right = random.Random(seed), 0
    missed: list[str] = []
    wrong: list[str] = []
    for at in range(count):
        is_personal = at % 2 == 0
        headings, make = draw.choice(_PERSONAL if is_personal else _OTHERS)
        heading = draw.choice(headings)
        cells = [make(draw) for _ in range(draw.randint(3, 12))]
        rows = tuple(SourceRow(n, [f"{n}号院", cell]) for n, cell in enumerate(cells, 1))  # type: ignore[list-item]
        source = Source(
            path=Path("a.csv"), format="csv", layer=None, columns=("小区名称", heading), rows=rows,
            has_outlines=False, crs=None, encoding=None, notes=(),
        )  # fmt: skip
        left = map_columns(source, profile, ImportRequest(source=source.path, kind="compounds"), TODAY).left
        is_said = any(one.column == heading and one.why == "personal" for one in left)
        right += is_said and is_personal
        if is_said != is_personal:
            (missed if is_personal else wrong).append(f"{heading}: {cells[:3]}")
    return Personal(right / (right + len(missed)), right / (right + len(wrong)), missed, wrong)


_FAMILIES, _GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗",
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英",
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _a_name(draw: random.Random) -> str:
    return draw.choice(_FAMILIES) + "".join(draw.choice(_GIVEN) for _ in range(draw.choice((1, 2))))


def _a_mobile(draw: random.Random) -> str:
    return "1" + draw.choice("3456789") + "".join(draw.choice("0123456789") for _ in range(9))


def _an_identity(draw: random.Random) -> str:
    first = f"340102{draw.randint(1950, 2005)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}{draw.randint(0, 999):03}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


_PERSONAL: Final[list[tuple[list[str], Callable[[random.Random], object]]]] = [
    (
        [
            "户主姓名",
            "业主姓名",
            "联系人",
            "姓名",
            "负责人",
            "社区书记",
            "网格长",
            "物业经理",
            "楼栋长",
            "法定代表人",
            "网格员",
            "物业负责人",
        ],
        _a_name,
    ),
    (["联系电话", "手机号", "手机", "电话", "联系方式", "备注", "x", "号码"], _a_mobile),
    (["身份证号", "证件号码", "公民身份号码", "编码2", "备注"], _an_identity),
    (["出生日期", "出生年月"], lambda draw: f"{draw.randint(1940, 2005)}-{draw.randint(1, 12):02}-01"),
    (["性别"], lambda draw: draw.choice("男女")),
]
_OTHERS: Final[list[tuple[list[str], Callable[[random.Random], object]]]] = [
    (["MOBILEHOME", "停车位", "绿化率", "电梯数", "业主户数", "手机信号盲区数", "联系人数"], lambda draw: draw.randint(0, 400)),
    (["开发商", "建设单位", "所在路", "面积", "备注"], lambda draw: draw.choice(("青岚路", "城建集团有限公司", "12.5", "待补", "东至学院路"))),
    (["业主委员会", "有无门卫", "监控", "业主满意"], lambda draw: draw.choice("有无")),
    (["所属片区", "网格", "标段", "区域"], lambda draw: f"第{draw.randint(1, 30)}片区"),
    (["唯一码", "bsm", "fid2"], lambda draw: str(draw.randint(10**7, 10**8))),
]  # fmt: skip


def _a_count(draw: random.Random) -> tuple[object, object, Callable[[object], Any]]:
    n, units = draw.randint(1, 3000), count_units("households")
    wide = str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    sure = (
        n, float(n), str(n), f"{n}户", f"{n} 户", f"约{n}", f"约{n}户", f"{n}户左右", f"共{n}户", f"{n:,}", f"{n:,}户", wide, f"{wide}户", f"{n}.0",
        f"{n}余户", f"{n}多户", f"{n}（户）", f"{n}户（含商铺）", _in_words(n), f"{_in_words(n)}户", f"'{n}", f"{n}戶", f"{n}①", f"\u3000{n}\u200b",
    )  # fmt: skip
    nothing = ("-", "—", "不详", "待核实", "/", "未统计")
    unclear = (
        f"{n}-{n + 20}",
        f"{n}~{n + 9}户",
        f"{n}/{n + 1}",
        "几十户",
        "无",
        f"{n}人",
        f"不足{n}",
        f"{n}户{draw.randint(2, 9)}栋",
    )
    written, meant = _drawn(draw, sure, n, nothing, unclear)
    return written, meant, lambda raw: read_count(raw, units)


def _a_year(draw: random.Random) -> tuple[object, object, Callable[[object], Any]]:
    y, m, d = draw.randint(1955, 2026), draw.randint(1, 12), draw.randint(1, 28)
    words = "".join(_DIGITS[int(sign)] for sign in str(y)).replace("零", "〇")
    sure = (
        y, float(y), str(y), f"{y}年", f"{y} 年", f"{y}.{m}", f"{y}年{m}月", f"{y}-{m:02}-{d:02}", f"{y}/{m}/{d}", f"{y}{m:02}", f"约{y}年", f"{y}年前后",
        f"{y}年建成", f"{y}年底", f"{words}年", date(y, m, d), f"{y}.0", f"{y}年（一期）", f"{y}年{m}月竣工",
    )  # fmt: skip
    unclear = (
        f"{y % 100:02}",
        f"{y % 100:02}年",
        f"{y // 10 % 10}0年代",
        f"{y}-{y + 2}",
        f"{y}、{y + 3}",
        f"{y}年一期，{y + 2}年二期",
        "2199",
        f"{y}年以前",
    )
    written, meant = _drawn(draw, sure, y, ("不详", "-", "待查"), unclear)
    return written, meant, lambda raw: read_year(raw, TODAY)


def _a_day(draw: random.Random) -> tuple[object, object, Callable[[object], Any]]:
    day = date(2000, 1, 1) + timedelta(days=draw.randrange(9800))
    y, m, d = day.year, day.month, day.day
    sure = (
        day, day.isoformat(), f"{y}.{m}.{d}", f"{y}/{m}/{d}", f"{y}年{m}月{d}日", f"{y}年{m}月{d}号", f"{y}{m:02}{d:02}", f"{y} {m} {d}", f"{y}-{m}-{d} 10:30",
        f"{y}/{m:02}/{d:02} 00:00:00", (day - date(1899, 12, 30)).days, f"{y}。{m}。{d}", f"{day.isoformat()}T08:00:00+08:00", f"'{day.isoformat()}",
    )  # fmt: skip
    unclear = (
        f"{m}月{d}日",
        f"{y}年",
        f"{m}/{d}",
        f"{y}年上半年",
        f"{day.isoformat()}至{y + 1}-{m:02}-{d:02}",
        "近期",
    )
    written, meant = _drawn(draw, sure, day, ("-", "不详", "长期"), unclear)
    return written, meant, lambda raw: read_written_day(raw, today=TODAY, column=[raw])


def _an_answer(draw: random.Random) -> tuple[object, object, Callable[[object], Any]]:
    said = {
        "yes": ("有", "是", "√", "Y", "1", "已成立", "已配备", "✔", "有。", "是的"),
        "no": ("无", "否", "×", "N", "0", "没有", "未成立", "暂无", "無", "✗"),
    }
    answer = draw.choice(("yes", "no"))
    word = draw.choice(said[answer])
    sure = (
        word,
        f" {word} ",
        f"{word}（{draw.choice(('24小时', '3人', '专职'))}）"
        if answer == "yes" and word in ("有", "是")
        else word,
    )
    unclear = ("有/无", "部分有", "拟配", "有（夜间无）", "待配备", "换届中", "正在筹建", "二", "老张")
    written, meant = _drawn(draw, sure, answer, ("-", "/", "N/A"), unclear)
    return written, meant, read_answer


def _drawn(
    draw: random.Random,
    sure: tuple[object, ...],
    meant: object,
    nothing: tuple[str, ...],
    unclear: tuple[str, ...],
) -> tuple[object, object]:
    """Return a form and what it means: most say it, some that nothing is known, some nothing that can be told."""
    chance = draw.random()
    if chance < 0.75:
        return draw.choice(sure), meant
    if chance < 0.82:
        return draw.choice(nothing), None
    return draw.choice(unclear), "nothing sure"


def _in_words(number: int) -> str:
    """Return a number up to 9999 in Chinese characters."""
    found, zero = "", False
    for step, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // step % 10
        if digit:
            found += ("零" if zero and found else "") + _DIGITS[digit] + word
            zero = False
        else:
            zero = True
    return found


def as_markdown(profile: Profile, seed: int, by_hand: dict[str, Any]) -> list[str]:
    """Return the figures as a section of docs/imports.md; ``by_hand``: what came of the mutated files."""
    heads, found, told = headings(profile, seed), values(seed), personal(profile, seed)
    seen = by_hand["seen"]
    bad = by_hand["bad"]
    known = heads.drawn - len(heads.missed)
    understood = (found.read + found.asked) / found.drawn
    return [
        "## Forms drawn anew",
        "",
        f"By `scripts/generated.py`, seed {seed}; `tests/app/exchange/test_generated.py` draws another at each run.",
        "",
        "| what | drawn | understood | |",
        "| --- | --: | --: | --- |",
        f"| headings, fields × forms | {heads.drawn} | {known} | {known / heads.drawn:.1%} |",
        f"| values (counts, years, days, answers) | {found.drawn} | {found.read} read, {found.asked} asked, {found.refused} refused | {understood:.1%} read or asked about, {len(found.wrong)} read wrongly |",
        f"| columns of private persons among 1,000 | 1,000 | | recall {told.recall:.3f}, precision {told.precision:.3f} |",
        f"| mutated files (`python -m scripts.mutated {by_hand['count']} {by_hand['seed']}`) | {by_hand['count']:,} | {seen.get('planned', 0):,} planned, {seen.get('refused', 0):,} refused | {len(bad)} crashes, hangs, calls out or bugs |",
        "",
    ]
