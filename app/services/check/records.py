"""Rules of `check` that look at records: names, parents, codes, contradictions, what is missing or old."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.places.units import NOWHERE
from app.domain.codes.codes import normal_credit_code
from app.domain.mend import Write
from app.domain.period import ONE_DAY
from app.errors import InvalidInput
from app.services.check.finding import Finding, name_of, short_name
from app.services.check.twins import end_of_younger
from app.text import Text
from geo.shares import mended

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from app.domain.record import Record
    from app.services.check.asked import Asked

NEAR: Final = 300.0  # [m] compounds of one name as near as this are taken for the same
SAME_OUTLINE: Final = 0.8  # common area / united area from which two outlines are taken for the same
_SIZE_OF: Final = Text(
    "口径定为 {fewest:,} 至 {most:,} 户（依据：{source}）。",
    "the profile sets {fewest:,} to {most:,} (source: {source}).",
)
_SIZE_ASSUMED: Final = Text(
    "口径按 {fewest:,} 至 {most:,} 户计，没有依据，是假定。",
    "the profile reckons with {fewest:,} to {most:,}, an assumption without a source.",
)
_COMMUNITY: Final = 2
_UNRECORDED: Final = "yes_without_record"  # both a rule and the reason of an answer


def duplicate(asked: Asked) -> Iterator[Finding]:
    """Find records that look like the same thing entered twice: compounds, and firms by credit code or name."""
    yield from _compounds_twice(asked)
    for field, zh, en in (("credit_code", "统一社会信用代码", "credit code"), ("name", "名称", "name")):
        alike: dict[str, list[Record]] = {}
        for firm in asked.dataset.in_force("firms", asked.day):
            value = _plain(str(firm.on(field, asked.day) or ""))
            if value:
                alike.setdefault(value, []).append(firm)
        for firms in alike.values():
            codes = {firm.on("credit_code", asked.day) for firm in firms}
            if len(firms) > 1 and (field == "credit_code" or None in codes):
                yield Finding(
                    rule="duplicate",
                    severity="warning",
                    codes=tuple(firm.code for firm in firms),
                    message=Text(
                        f"{len(firms)} 家企业{zh}相同：{'、'.join(name_of(f) for f in firms)}。留一家，把服务关系改挂到它。",
                        f"{len(firms)} firms have the same {en}: {', '.join(name_of(f, 'en') for f in firms)}. Keep one and move the engagements to it.",
                    ),
                    measure={"count": len(firms)},
                    mend=end_of_younger(asked.dataset, firms),
                )


def _compounds_twice(asked: Asked) -> Iterator[Finding]:
    records = asked.compounds
    rows = np.array([asked.rows[c.code] for c in records], dtype=np.int64)
    outlines = mended(asked.subjects.outlines_of(rows))
    communities = asked.placing.whole[rows, _COMMUNITY]
    names = [_plain(str(c.on("name", asked.day) or "")) for c in records]
    group = list(range(len(records)))

    def top(place: int) -> int:
        while group[place] != place:
            place = group[place]
        return place

    by_name: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name:
            by_name.setdefault(name, []).append(place)
    for places in by_name.values():
        for at, b in enumerate(places):
            for a in places[:at]:
                is_beside = (
                    shapely.distance(outlines[a], outlines[b]) <= NEAR
                )  # NaN, and so not, without outlines
                is_same_place = communities[a] == communities[b] != NOWHERE
                is_undrawn = outlines[a] is None or outlines[b] is None
                if is_beside or (is_undrawn and is_same_place):
                    group[max(top(a), top(b))] = min(top(a), top(b))
    for a, b in _same_outlines(outlines):
        group[max(top(a), top(b))] = min(top(a), top(b))
    found: dict[int, list[Record]] = {}
    for place, record in enumerate(records):
        found.setdefault(top(place), []).append(record)
    for same in found.values():
        if len(same) > 1:
            yield Finding(
                rule="duplicate",
                severity="warning",
                codes=tuple(c.code for c in same),
                message=Text(
                    f"像是同一个小区登记了 {len(same)} 次：{'、'.join(name_of(c) for c in same[:4])}。核对后删去多余的，或改成分期的名称。",
                    f"What looks like one compound is registered {len(same)} times: {', '.join(name_of(c, 'en') for c in same[:4])}. Remove what is too many, or name the phases apart.",
                ),
                measure={"count": len(same)},
                mend=end_of_younger(asked.dataset, same),
            )


def _same_outlines(outlines: np.ndarray[tuple[int], np.dtype[np.object_]]) -> Iterable[tuple[int, int]]:
    drawn = np.flatnonzero(shapely.area(outlines) > 0)
    tree = shapely.STRtree(outlines[drawn])
    row, found = tree.query(outlines[drawn], predicate="intersects")
    first, second = drawn[row[row < found]], drawn[found[row < found]]
    a, b = outlines[first], outlines[second]
    small, large = np.minimum(shapely.area(a), shapely.area(b)), np.maximum(shapely.area(a), shapely.area(b))
    likely = small >= SAME_OUTLINE * large
    first, second, a, b = first[likely], second[likely], a[likely], b[likely]
    common = shapely.area(shapely.intersection(a, b))
    same = common >= SAME_OUTLINE * (shapely.area(a) + shapely.area(b) - common)
    return zip(first[same].tolist(), second[same].tolist(), strict=True)


def unnamed(asked: Asked) -> Iterator[Finding]:
    """Find a compound without a name."""
    for compound in asked.compounds:
        if not str(compound.on("name", asked.day) or "").strip():
            yield Finding(
                rule="unnamed",
                severity="notice",
                codes=(compound.code,),
                message=Text(
                    f"小区 {compound.code} 没有名称。填上门牌或大院的叫法。",
                    f"The compound {compound.code} has no name. Fill in what people call it.",
                ),
            )


def grid_without_community(asked: Asked) -> Iterator[Finding]:
    """Find a grid whose record names no community in force; the outline may stand in for it, but nobody wrote it down."""
    communities = asked.units.levels[_COMMUNITY]
    grids = asked.units.levels[3]
    for place, code in enumerate(grids.codes):
        grid = asked.dataset.of("grids")[code]
        recorded = grid.on("community", asked.day)
        found = (
            NOWHERE if recorded is None else asked.units.line((None, None, str(recorded), None))[_COMMUNITY]
        )
        if found != NOWHERE:
            continue
        likely = int(grids.ancestors[place, _COMMUNITY])
        proposed = communities.codes[likely] if likely != NOWHERE else None
        yield Finding(
            rule="grid_without_community",
            severity="warning",
            codes=(code,),
            message=Text(
                f"网格{name_of(grid)}没有登记所属社区"
                + (f"（{short_name(asked.dataset, str(recorded))} 已不在用）" if recorded else "")
                + "。"
                + (
                    f"按边界在{short_name(asked.dataset, proposed)}，核对后填上。"
                    if proposed
                    else "填上所属社区。"
                ),
                f"The grid {name_of(grid, 'en')} records no community"
                + (f" ({short_name(asked.dataset, str(recorded))} is no longer in force)" if recorded else "")
                + ". "
                + (
                    f"By its border it lies in {short_name(asked.dataset, proposed)}: check and fill in."
                    if proposed
                    else "Fill it in."
                ),
            ),
            mend=()
            if proposed is None
            else (Write(code, "community", proposed, _day_after(asked, recorded)),),
        )


def _day_after(asked: Asked, recorded: object) -> date | None:
    """Return the first day without the unit that a record names; None where it names none that has ended."""
    record = None if recorded is None else asked.dataset.find(str(recorded))
    last = None if record is None else record.valid_until
    return None if last is None or last >= asked.day else last + ONE_DAY


def grid_size(asked: Asked) -> Iterator[Finding]:
    """Find a grid with far fewer or far more households than the profile's norm."""
    norm = asked.profile.grid_size
    total: dict[int, int] = {}
    for code, row in asked.rows.items():
        count = asked.households_of(asked.subject(code))
        place = int(asked.placing.whole[row, 3])
        if count is not None and place != NOWHERE:
            total[place] = total.get(place, 0) + count
    for place, households in sorted(total.items()):
        if norm.fits(households):
            continue
        code = asked.units.levels[3].codes[place]
        grid = asked.dataset.of("grids")[code]
        step = (
            ("考虑与相邻网格合并。", "Consider merging it with a neighbour.")
            if households < norm.fewest
            else ("考虑拆分。", "Consider splitting it.")
        )
        said = (_SIZE_OF if norm.source else _SIZE_ASSUMED).format(
            fewest=norm.fewest, most=norm.most, source=norm.source
        )
        yield Finding(
            rule="grid_size",
            severity="notice",
            codes=(code,),
            message=Text(
                f"网格{name_of(grid)}有 {households:,} 户；{said.zh}{step[0]}",
                f"The grid {name_of(grid, 'en')} has {households:,} households; {said.en} {step[1]}",
            ),
            measure={"households": households},
        )


def firm_code(asked: Asked) -> Iterator[Finding]:
    """Find a firm without a unified social credit code, or with one whose check character is wrong."""
    for firm in asked.dataset.in_force("firms", asked.day):
        code = firm.on("credit_code", asked.day)
        if not code:
            message = Text(
                f"物业企业{name_of(firm)}没有统一社会信用代码。照营业执照填上。",
                f"The firm {name_of(firm, 'en')} has no credit code. Copy it from the licence.",
            )
            yield Finding(rule="firm_code", severity="notice", codes=(firm.code,), message=message)
            continue
        try:
            normal_credit_code(code)
        except InvalidInput as error:
            message = Text(
                f"物业企业{name_of(firm)}：{error.message.zh}",
                f"The firm {name_of(firm, 'en')}: {error.message.en}",
            )
            yield Finding(rule="firm_code", severity="error", codes=(firm.code,), message=message)


def no_parent_organisation(asked: Asked) -> Iterator[Finding]:
    """Find a party organisation without a parent in force; committees stand at the top."""
    known = asked.dataset.of("organisations")
    for organisation in asked.dataset.in_force("organisations", asked.day):
        if organisation.on("type", asked.day) == "committee":
            continue
        parent = organisation.on("parent", asked.day)
        record = known.get(str(parent)) if parent is not None else None
        if record is not None and record.is_in_force(asked.day):
            continue
        yield Finding(
            rule="no_parent_organisation",
            severity="notice",
            codes=(organisation.code,),
            message=Text(
                f"党组织{name_of(organisation)}没有上级党组织"
                + (f"（{short_name(asked.dataset, str(parent))} 已不在）" if parent else "")
                + "。填上它隶属的党委或总支。",
                f"The party organisation {name_of(organisation, 'en')} has no parent"
                + (f" ({short_name(asked.dataset, str(parent))} has ended)" if parent else "")
                + ". Fill in the committee or branch it belongs to.",
            ),
        )


def three_no_contradiction(asked: Asked) -> Iterator[Finding]:
    """Find a fact that says "no firm" beside an engagement in force; the engagement counts."""
    for compound in asked.compounds:
        fact = asked.dataset.fact_on(compound.code, "property_firm", asked.day)
        if fact is None or fact.get("value") != "no" or not asked.answers.serving(compound.code):
            continue
        yield Finding(
            rule="three_no_contradiction",
            severity="error",
            codes=(compound.code,),
            message=Text(
                f"{name_of(compound)}：调查说没有物业企业（{fact.valid_from}），却有在期的服务关系。按服务关系计。更正调查，或结束服务关系。",
                f"{name_of(compound, 'en')}: the survey says no property firm ({fact.valid_from}), yet an engagement is in force. The engagement counts. Correct the survey or end the engagement.",
            ),
        )


def yes_without_record(asked: Asked) -> Iterator[Finding]:
    """Find a surveyed "yes" for an organisation or a firm of which there is no record: it stays unknown."""
    asks = {
        "party_organisation": (asked.answers.party, Text("党组织", "a party organisation")),
        "property_firm": (asked.answers.property, Text("物业企业", "a property firm")),
    }
    kinds = dict.fromkeys(kind for key in asks for kind in asked.profile.facts[key].of)
    for kind in kinds:
        for record in asked.dataset.in_force(kind, asked.day):
            said = {
                key: words
                for key, (ask, words) in asks.items()
                if kind in asked.profile.facts[key].of and ask(record.code).reason == _UNRECORDED
            }
            if said:
                zh = "、".join(words.zh for words in said.values())
                en = " and ".join(words.en for words in said.values())
                yield Finding(
                    rule="yes_without_record",
                    severity="warning",
                    codes=(record.code,),
                    message=Text(
                        f"{name_of(record)}：调查说有{zh}，台账里没有在期的，覆盖率按未知计。登记并挂接，或更正调查。",
                        f"{name_of(record, 'en')}: the survey says it has {en}, but none in force is registered, "
                        "so coverage counts it unknown. Register and attach it, or correct the survey.",
                    ),
                    measure=dict.fromkeys(said, 1.0),
                )


def missing_households(asked: Asked) -> Iterator[Finding]:
    """Find a compound that coverage counts, without a number of households: it has no weight."""
    for compound in asked.counted:
        if asked.households_of(compound) is None:
            yield Finding(
                rule="missing_households",
                severity="notice",
                codes=(compound.code,),
                message=Text(
                    f"{name_of(compound)}没有户数，按户数计的覆盖率里没有它。填上户数。",
                    f"{name_of(compound, 'en')} has no number of households, so coverage by households leaves it without weight. Fill it in.",
                ),
            )


def stale_fact(asked: Asked) -> Iterator[Finding]:
    """Find surveyed facts older than the profile allows; one finding for each record."""
    aging = {key: spec.stale_days for key, spec in asked.profile.facts.items() if spec.stale_days is not None}
    for kind in ("compounds", "grids", "firms", "stations", "communities", "streets", "districts"):
        for record in asked.dataset.in_force(kind, asked.day):
            old = {}
            for key in asked.dataset.facts(record.code).keys() & aging.keys():
                fact = asked.dataset.fact_on(record.code, key, asked.day)
                if fact is None or fact.valid_from is None or fact.get("value") == "unknown":
                    continue
                days = (asked.day - fact.valid_from).days
                if days > aging[key]:
                    old[key] = days
            if not old:
                continue
            words = [asked.profile.facts[key].words for key in sorted(old)]
            yield Finding(
                rule="stale_fact",
                severity="notice",
                codes=(record.code,),
                message=Text(
                    f"{name_of(record)}有 {len(old)} 项调查过期：{'、'.join(w.zh for w in words[:4])}，最久 {max(old.values())} 天。再查一次。",
                    f"{name_of(record, 'en')} has {len(old)} facts out of date: {', '.join(w.en for w in words[:4])}; the oldest is {max(old.values())} days old. Survey again.",
                ),
                measure={key: float(days) for key, days in sorted(old.items())},
            )


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
