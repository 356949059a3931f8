"""Ten thousand labelled pairs of a row and a registered compound, and how well an import tells who is who.

Half of the pairs are one thing under two spellings (or two names with another witness), half two things one character
apart. All names are invented by the program from a seed. ``python -m scripts.name_pairs [SEED]`` prints the figures.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from shapely import box

from app.domain.dataset import Dataset
from app.domain.record import make_record
from app.exchange.planning.planning import build_plan
from app.exchange.reader import Source
from app.exchange.reading import SourceRow
from app.exchange.request import ImportRequest
from app.services.profile.profiles import load_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record
    from app.exchange.planning.plan import Plan

PAIRS: Final = 10_000
_DAY: Final = date(2026, 11, 22)
_HEADS: Final = "桂芷云竹荷枫梅兰松柳海棠紫青银金玉翠明华景锦丽东盛康宁和平安福瑞祥天悦星河湖山水泉石林森"
_MIDDLES: Final = "雨兰杉影风林岭亭涛堤桐藤竹园城邦府湾岸苑庭居里坊舍台阁轩"
_TAILS: Final = (
    "花园",
    "家园",
    "苑",
    "园",
    "里",
    "坊",
    "庭",
    "居",
    "小区",
    "公寓",
    "新村",
    "佳苑",
    "名邸",
    "雅居",
    "宿舍",
    "大院",
)
_NUMERALS: Final = "一二三四五六七八九"
_ROMAN: Final = "ⅠⅡⅢⅣⅤⅥⅦⅧⅨ"
_PARTS: Final = ("期", "区", "号院", "组团", "村", "栋")
_SIDES: Final = "东南西北"
_WIDE: Final = str.maketrans("0123456789ABCD", "０１２３４５６７８９ＡＢＣＤ")
_OLD: Final = str.maketrans(
    {
        "园": "\u5712",
        "兰": "\u862d",
        "东": "\u6771",
        "华": "\u83ef",
        "区": "\u5340",
        "银": "\u9280",
        "号": "\u865f",
    }
)
_SLIPS: Final = "新老大上中文化学工厂光明路桥港塘溪泽润泰丰茂嘉雅颂诚信"
_HEADINGS: Final = ("小区名称", "社区", "户数", "地址")


class Place(NamedTuple):
    """A compound as it is registered."""

    name: str
    number: int  # of its part, 0 = none
    part: str
    community: str
    households: int
    address: str
    east: float

    @property
    def whole(self) -> str:
        """The name as registered."""
        return self.name + (_NUMERALS[self.number - 1] + self.part if self.number else "")


@dataclass(frozen=True, slots=True)
class Row:
    """A row about one registered compound or about another thing, and the sort of difference it was made with."""

    cells: tuple[str, str, str, str]
    outline: BaseGeometry | None
    is_same: bool
    sort: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the pairs. ``sorts``: sort → (pairs, taken, proposed), taken rightly where the pair is one thing."""

    seed: int
    same: int
    taken: int
    proposed: int
    wrong: int
    sorts: dict[str, tuple[int, int, int]]

    @property
    def precision(self) -> float:
        """Of what was taken without asking, the share that is right."""
        return self.taken / (self.taken + self.wrong)

    @property
    def recall(self) -> float:
        """Of the pairs that are one thing, the share that was taken without asking."""
        return self.taken / self.same

    @property
    def found(self) -> float:
        """Of the pairs that are one thing, the share that was taken or proposed."""
        return (self.taken + self.proposed) / self.same


def figures(seed: int, pairs: int = PAIRS) -> Figures:
    """Return how a plan of ``pairs`` rows against as many registered compounds fares."""
    rng = random.Random(seed)
    communities = [
        (f"990001{s:03d}{c:03d}", f"{_HEADS[s]}{_MIDDLES[c]}社区居委会")
        for s in range(1, 13)
        for c in range(1, 26)
    ]
    places = _places(rng, communities, pairs)
    called = dict(communities)
    names = {(place.community, place.whole) for place in places}
    rows = [
        _same(rng, place, called) if at % 2 == 0 else _other(rng, place, called, names)
        for at, place in enumerate(places)
    ]
    return _counted(seed, rows, _plan(communities, places, rows))


def as_markdown(found: Figures) -> list[str]:
    """Return the figures as a section of docs/imports.md."""
    lines = [
        "## Who is who",
        "",
        f"{PAIRS:,} pairs of a row and a registered compound made by `scripts/name_pairs.py` (seed {found.seed}): half are",
        "one thing spelled or described otherwise, half two things one character apart. Taken without asking:",
        f"precision {found.precision:.4f}, {found.recall:.1%} of the true pairs; taken or proposed {found.found:.1%}.",
        "",
        "| pair | pairs | taken | proposed |",
        "| --- | --: | --: | --: |",
    ]
    return [
        *lines,
        *(f"| {sort} | {n} | {taken} | {asked} |" for sort, (n, taken, asked) in found.sorts.items()),
    ]


def _places(rng: random.Random, communities: list[tuple[str, str]], count: int) -> list[Place]:
    found: list[Place] = []
    seen: set[tuple[str, str]] = set()
    while len(found) < count:
        code, _ = rng.choice(communities)
        length = rng.choice((2, 2, 2, 3))
        name = (
            rng.choice(_HEADS) + "".join(rng.choice(_MIDDLES) for _ in range(length - 1)) + rng.choice(_TAILS)
        )
        number = rng.randint(1, 9) if rng.random() < 0.4 else 0
        part = rng.choice(_PARTS) if number else ""
        at = len(found)
        address = f"{rng.choice(_HEADS)}{rng.choice(_MIDDLES)}路{at + 1}号"
        place = Place(name, number, part, code, rng.randint(40, 2400), address, 0.004 * at)
        if (code, place.whole) not in seen:
            seen.add((code, place.whole))
            found.append(place)
    return found


def _row(
    place: Place,
    name: str,
    called: dict[str, str],
    sort: str,
    *,
    is_same: bool,
    outline: BaseGeometry | None = None,
    **other: object,
) -> Row:
    community = str(other.get("community", called[place.community]))
    households = str(other.get("households", ""))
    return Row((name, community, households, str(other.get("address", ""))), outline, is_same, sort)


def _same(rng: random.Random, place: Place, called: dict[str, str]) -> Row:
    """Return a row about the registered compound itself, spelled or described otherwise."""
    makers: list[tuple[int, str, Callable[[], Row]]] = [
        (88, "spelling", lambda: _row(place, _spelled(rng, place), called, "spelling", is_same=True, community=_short(rng, called[place.community]))),
        (4, "outline, another name", lambda: _row(place, _renamed(rng), called, "outline, another name", is_same=True, outline=_ground(place))),
        (2, "drawn again, another name", lambda: _row(place, _renamed(rng), called, "drawn again, another name", is_same=True, outline=_ground(place, 0.0001))),
        (4, "slip of the pen", lambda: _row(place, _slipped(rng, place.whole), called, "slip of the pen", is_same=True)),
        (2, "address, another name", lambda: _row(place, _renamed(rng), called, "address, another name", is_same=True, address="青岚区" + place.address, households=place.households)),
    ]  # fmt: skip
    (maker,) = rng.choices([make for _, _, make in makers], [weight for weight, _, _ in makers])
    return maker()


def _other(rng: random.Random, place: Place, called: dict[str, str], names: set[tuple[str, str]]) -> Row:
    """Return a row about another thing whose name or place is one character off."""
    while True:
        sort = rng.choice(("number", "side", "letter", "one character", "another community"))
        community = place.community
        if sort == "number":
            number = rng.choice([n for n in range(1, 10) if n != place.number])
            name = place.name + _NUMERALS[number - 1] + (place.part or "期")
            if not place.number:
                continue
        elif sort == "side":
            name = place.whole + rng.choice(_SIDES) + "院"
        elif sort == "letter":
            name = place.whole + rng.choice("ABC") + "座"
        elif sort == "one character":
            name = _slipped(rng, place.whole)
        else:
            name = place.whole
            community = rng.choice([code for code in called if code != place.community])
        if (community, name) not in names:
            names.add((community, name))
            return _row(place, name, called, f"other: {sort}", is_same=False, community=called[community])


def _ground(place: Place, shift: float = 0.0) -> BaseGeometry:
    west = 100.0 + place.east % 20 + shift
    south = 25.0 + place.east // 20 * 0.01
    return box(west, south, west + 0.001, south + 0.001)


def _renamed(rng: random.Random) -> str:
    return "".join(rng.choice(_SLIPS) for _ in range(3)) + rng.choice(_TAILS)


def _slipped(rng: random.Random, name: str) -> str:
    """Return a name with one of its letters changed, left out, doubled by another, or exchanged with the next."""
    at = rng.randrange(min(len(name) - 1, 3))
    what = rng.choice(("change", "leave", "put", "exchange"))
    if what == "change":
        return name[:at] + rng.choice(_SLIPS) + name[at + 1 :]
    if what == "leave" and len(name) > 3:
        return name[:at] + name[at + 1 :]
    if what == "exchange" and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + rng.choice(_SLIPS) + name[at:]


def _spelled(rng: random.Random, place: Place) -> str:
    """Return the name as somebody else writes it."""
    name = place.whole
    if place.number:
        digit, mark = str(place.number), _NUMERALS[place.number - 1]
        forms = [
            digit,
            digit.translate(_WIDE),
            "0" + digit,
            "第" + digit,
            "第" + mark,
            _ROMAN[place.number - 1],
        ]
        number = rng.choice(forms) + place.part
        name = place.name + (f"（{number}）" if rng.random() < 0.2 else number)
    changes: list[Callable[[str], str]] = [
        lambda n: n.translate(_OLD),
        lambda n: n[:2] + rng.choice((" ", "\u3000", "\u200b", "\ufeff", "\u00a0")) + n[2:],
        lambda n: n if n.endswith("小区") or place.number else n + rng.choice(("小区", "住宅小区")),
        lambda n: rng.choice(("【{}】", "“{}”", "{} ", "·{}")).format(n),
    ]
    for change in rng.sample(changes, rng.randint(0, 2)):
        name = change(name)
    return name if name != place.whole else f" {name}"


def _short(rng: random.Random, community: str) -> str:
    core = community.removesuffix("社区居委会")
    return rng.choice((community, core + "社区", core, core + "居委会", core + "社区居民委员会"))


def _plan(communities: list[tuple[str, str]], places: list[Place], rows: list[Row]) -> Plan:
    records: dict[str, dict[str, Record]] = {
        "districts": {},
        "streets": {},
        "communities": {},
        "compounds": {},
    }
    records["districts"]["990001"] = make_record("districts", "d", "990001", name="青岚区")
    for code, name in communities:
        street = code[:9]
        records["streets"].setdefault(
            street, make_record("streets", street, street, name=f"街{street}街道", district="990001")
        )
        records["communities"][code] = make_record("communities", code, code, name=name, street=street)
    for at, place in enumerate(places):
        code = _code(at)
        records["compounds"][code] = make_record(
            "compounds", code, code, geometry=_ground(place), name=place.whole, kind="old",
            community=place.community, households=place.households, address=place.address,
        )  # fmt: skip
    source = Source(
        path=Path("pairs.geojson"),
        format="geojson",
        layer="pairs",
        columns=_HEADINGS,
        rows=tuple(SourceRow(at, row.cells, row.outline) for at, row in enumerate(rows, 1)),
        has_outlines=True,
        crs="EPSG:4490",
        encoding=None,
        notes=(),
    )
    request = ImportRequest(source=source.path, kind="compounds", on_conflict="update")
    return build_plan(Dataset(records), load_profile("yaohai"), source, request, today=_DAY)


def _code(at: int) -> str:
    return f"Q{at:06d}"


def _counted(seed: int, rows: list[Row], plan: Plan) -> Figures:
    pairs: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    proposed: Counter[str] = Counter()
    wrong = 0
    for at, (row, done) in enumerate(zip(rows, plan.rows, strict=True)):
        is_taken = done.action in ("same", "change")
        is_right = is_taken and row.is_same and done.code == _code(at)
        pairs[row.sort] += 1
        wrong += is_taken and not is_right
        taken[row.sort] += is_right if row.is_same else is_taken
        proposed[row.sort] += not is_taken and any(one.code == _code(at) for one in done.candidates)
    same = [sort for sort in pairs if not sort.startswith("other")]
    return Figures(
        seed,
        sum(pairs[sort] for sort in same),
        sum(taken[sort] for sort in same),
        sum(proposed[sort] for sort in same),
        wrong,
        {sort: (pairs[sort], taken[sort], proposed[sort]) for sort in sorted(pairs)},
    )


if __name__ == "__main__":
    found = figures(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    print(f"precision {found.precision:.5f}, taken {found.recall:.4f}, taken or proposed {found.found:.4f}")
    for sort, counts in found.sorts.items():
        print(sort, *counts)
