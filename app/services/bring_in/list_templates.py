"""The workbooks that a city fills in with its own lists: the frames with what the sources leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.period import today
from app.exchange.formats.safe_file import written_aside
from app.exchange.template_names import NAMES, SCHEMES, STARS
from app.exchange.templates.list_book import ListSheet, write_list_book
from app.jobs import Ticket
from app.services.bring_in.city_lists import open_names
from app.services.bring_in.template_data import TemplateReport, must_be_workbook
from app.services.profile.overview import is_open
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.profile.profile import Profile
    from app.exchange.templates.cells import Cell
    from app.services.registry.registry import Registry

_SCHEME_HEADS: Final = (
    (Text("评价办法", "Scheme"), Text("口径里的办法，不改。", "The profile's scheme; leave it."), 16),
    (
        Text("方面", "Group"),
        Text("已有的方面或新的名称；可以空着。", "A group there is, or a new name; may be empty."),
        18,
    ),
    (
        Text("项目编号", "Item"),
        Text("评分时写的编号，一个办法里不重复。", "What assessments name; each once in a scheme."),
        12,
    ),
    (
        Text("项目名称", "Words"),
        Text("本市文件里的原文。空着 = 还没有填。", "The city's own wording. Empty = not filled in yet."),
        52,
    ),
    (Text("英文", "English"), Text("可以不写。", "May be left out."), 28),
    (Text("满分", "Maximum"), Text("这一项最多几分，大于 0。", "The most points of this item, above 0."), 9),
    (Text("权重", "Weight"), Text("每一分算几分，一般是 1。", "What one point counts; usually 1."), 9),
)
_STAR_HEADS: Final = (
    _SCHEME_HEADS[0],
    (Text("星级", "Stars"), Text("0 至 10 的整数。", "A whole number from 0 to 10."), 8),
    (
        Text("得分率", "Threshold"),
        Text(
            "得分占满分的比例，不低于它就是这一星：0 至 1，或 0% 至 100%。",
            "Share of the full score from which it is given: 0 to 1, or 0% to 100%.",
        ),
        10,
    ),
    (Text("等次", "Words"), Text("这一星叫什么。", "What these stars are called."), 18),
    _SCHEME_HEADS[4],
    (Text("奖励", "Reward"), Text("元；没有就空着。", "Yuan; empty where there is none."), 10),
    (
        Text("本市已定", "Confirmed"),
        Text(
            "门槛是本市文件定的写“是”；程序假定的是“否”。",
            "'yes' where the city's own rules set the thresholds, 'no' where the program assumes them.",
        ),
        10,
    ),
)
_NAME_HEADS: Final = (
    (Text("属于", "Set"), Text("facts 或 choices.选项组，不改。", "facts or choices.SET; leave it."), 24),
    (
        Text("代码", "Id"),
        Text("不改；选项组可以加新的代码。", "Leave it; a set of choices may get new ids."),
        28,
    ),
    (
        Text("名称", "Words"),
        Text("本市的名称。空着 = 还没有填。", "The city's own name. Empty = not filled in yet."),
        40,
    ),
    _SCHEME_HEADS[4],
)
_ABOUT: Final = {
    "schemes": Text(
        "填上本市文件里的项目、分值和星级线，再用“口径与清单…”里的“导入本市清单”，或命令 import 台账 本文件 --as schemes。每个办法得到一个新版本；已有的评分留在原来的版本。没有改过的文件导入，一个版本也不加。",
        "Fill in the items, points and thresholds of the city's own rules, then import it under 'Profile and schemes…', or with `import REGISTRY THIS --as schemes`. Each scheme gets a new version; assessments keep theirs. A file that nobody changed adds none.",
    ),
    "words": Text(
        "填上本市的名称，再用“口径与清单…”里的“导入本市清单”，或命令 import 台账 本文件 --as words。",
        "Fill in the city's own names, then import it under 'Profile and schemes…', or with `import REGISTRY THIS --as words`.",
    ),
}


def write_list_template(
    registry: Registry, kind: str, out: Path, *, lang: str = "zh", ticket: Ticket | None = None
) -> TemplateReport:
    """Write the workbook of a city's own lists: ``kind`` "schemes" or "words", with what the profile has now."""
    must_be_workbook(out)
    profile = registry.profile
    sheets = [_items(profile, lang), _stars(profile, lang)] if kind == "schemes" else [_names(profile, lang)]
    with written_aside(out) as draft:
        write_list_book(draft, sheets, _ABOUT[kind].in_(lang), lang, today(), ticket or Ticket())
    return TemplateReport(
        path=out,
        kind=kind,
        rows=len(sheets[0].rows),
        columns=tuple(heading for heading, _, _ in sheets[0].columns),
        left_empty=0,
    )


def _sheet(
    name: Text, heads: tuple[tuple[Text, Text, int], ...], rows: list[list[Cell]], lang: str
) -> ListSheet:
    columns = tuple((head.in_(lang), about.in_(lang), width) for head, about, width in heads)
    return ListSheet(name.in_(lang), columns, rows)


def _items(profile: Profile, lang: str) -> ListSheet:
    rows: list[list[Cell]] = []
    for versions in profile.schemes.values():
        scheme = versions[-1]
        groups = {group.id: group for group in scheme.groups}
        for item in scheme.items:
            group = groups.get(item.group)
            said = "" if group is None else group.id if group.is_open else group.words.in_(lang)
            words = [None, None] if item.is_open else [item.words.zh, item.words.en]
            rows.append([scheme.id, said or None, item.id, *words, item.maximum, item.weight])
    return _sheet(SCHEMES, _SCHEME_HEADS, rows, lang)


def _stars(profile: Profile, lang: str) -> ListSheet:
    yes, no = ("是", "否") if lang == "zh" else ("yes", "no")
    rows: list[list[Cell]] = []
    for versions in profile.schemes.values():
        scheme = versions[-1]
        for band in scheme.bands:
            said = no if scheme.bands_assumed else yes
            rows.append(
                [scheme.id, band.stars, band.at_least, band.words.zh, band.words.en, band.reward_yuan, said]
            )
    return _sheet(STARS, _STAR_HEADS, rows, lang)


def _names(profile: Profile, lang: str) -> ListSheet:
    rows: list[list[Cell]] = []
    for of, name, words, _ in open_names(profile):
        said: list[Cell] = [None, None] if is_open(words) else [words.zh, words.en]
        rows.append([of, name, *said])
    return _sheet(NAMES, _NAME_HEADS, rows, lang)
