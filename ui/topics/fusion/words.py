"""What the boundary fusion says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.text import Text

if TYPE_CHECKING:
    from app.services.fusion.fuse import Proposal

LEVEL: Final = Text("哪一级界线", "Lines of which level")
ALL_LEVELS: Final = Text("各级界线", "All lines")
STREET: Final = Text("哪个街道", "Which street")
ALL_STREETS: Final = Text("所有街道", "All streets")
TO: Final = Text("并入哪里", "Into which unit")
LARGEST: Final = Text("并入面积最大的一边", "Into the largest")
INTO: Final = Text("并入{} {}", "Into {} {}")
HOW: Final = Text("从哪天起，还是原来就画错了", "From a day on, or drawn wrong from the start")
FROM: Final = Text("从这天起", "Changes on")
CORRECT: Final = Text("更正", "Correction")
DAY: Final = Text("从哪天起", "From which day")
TORN: Final = Text("断成几块也行", "Pieces are meant")
ACCEPT: Final = Text("接受", "Accept")
ACCEPT_TIP: Final = Text(
    "按虚线改界，一步，可撤销（Ctrl+Enter）",
    "Move the borders to the dashed line: one step, can be undone (Ctrl+Enter)",
)
NEXT: Final = Text("下一个", "Next")
NEXT_TIP: Final = Text(
    "看下一个被切开的小区（Ctrl+Down）", "Look at the next compound that is cut (Ctrl+Down)"
)
FIGURES: Final = Text("改界前后", "Before and after")
COUNT: Final = Text(
    "{} 个小区被界线切开，{} 户在小的一边",
    "{: compound is|compounds are} cut, {: household|households} on the smaller side",
)
WHOLE: Final = Text("没有小区被界线切开", "No compound is cut by a line")
WORKING: Final = Text("正在画新界线 …", "Drawing the new border …")
NOTHING: Final = Text(
    "这里没有可移的界线：切开它的是区界，或外面没有单元",
    "No border can be moved here: the district's line cuts it, or nothing lies beyond",
)
FITS: Final = Text(
    "{}：界线绕开它的轮廓，没有缝隙，也不重叠", "{}: the borders follow its outline, without gap or overlap"
)
STILL: Final = Text("仍有一部分在界外", "a part stays outside every unit")
NEWLY: Final = Text("新界线会切开 {}", "the new border would cut {}")
RELEASED: Final = Text("同时不再被切开：{}", "no longer cut either: {}")
EMPTIED: Final = Text("{} 会一点不剩，不能接受", "nothing of {} would be left; it can't be accepted")
TEARS: Final = Text("{} 会断成几块", "{} would fall into pieces")
DONE: Final = Text("界线绕开了 {}", "The borders now follow {}")


def sentence(proposal: Proposal, lang: str) -> str:
    """Return what a proposal does, and what should be known before it is accepted."""
    if not proposal.moves:
        return NOTHING.in_(lang)
    name = proposal.compound.text("name") or proposal.compound.code
    told = [FITS.in_(lang).format(name)]
    for codes, words in (
        (proposal.emptied, EMPTIED),
        (proposal.torn, TEARS),
        (tuple(cut.code for cut in proposal.newly_cut), NEWLY),
        (proposal.released, RELEASED),
    ):
        if codes:
            told.append(words.in_(lang).format(" ".join(codes)))
    if proposal.after is not None:
        told.append(STILL.in_(lang))
    return ("；" if lang == "zh" else "; ").join(told)
