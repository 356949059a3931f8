"""Why an edit of an outline is refused, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.vocabulary import UNNAMED
from app.errors import InvalidInput, Problem
from app.text import Text
from geo.arcs.effects import Reason

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from app.services.outlines.field import Field
    from geo.arcs.effects import Refusal
    from geo.arcs.net import Outline

_SAID: Final[dict[Reason, Text]] = {
    Reason.CROSSES: Text(
        "{first}的边界会穿过自己。换个位置放。", "The border of {first} would cross itself. Put it elsewhere."
    ),
    Reason.OVERLAPS: Text(
        "{first}会占{second} {area} 平方米，那里已经有界。先改{second}的界，或把线画到那里。",
        "{first} would take {area} m² of {second}, which has a border there. Reshape {second} first, or draw the line up to it.",
    ),
    Reason.GAP: Text(
        "{first}让出的 {area} 平方米没有人接。让邻居一起动，或说明就要空着。",
        "Nobody takes the {area} m² that {first} gives up. Let the neighbours move along, or say that it is meant to be empty.",
    ),
    Reason.BEYOND: Text(
        "{first}会伸出上一级的界 {area} 平方米。让上一级的界一起动。",
        "{first} would reach {area} m² beyond the unit above it. Let that border move along.",
    ),
    Reason.BARE: Text(
        "{first}新占的 {area} 平方米里没有下一级。从下一级改起，上一级会跟着动。",
        "No unit of the level below has the {area} m² that {first} would get. Reshape the level below, this one moves along.",
    ),
    Reason.VANISHES: Text(
        "{first}会一点不剩。换个位置放。", "Nothing would be left of {first}. Put it elsewhere."
    ),
    Reason.PARTS: Text(
        "{first}会断成几块，最小的 {area} 平方米。说明就要这样，或换个画法。",
        "{first} would fall into pieces, the smallest of {area} m². Say that this is meant, or draw it otherwise.",
    ),
    Reason.HOLES: Text(
        "{first}中间会空出 {area} 平方米。说明就要这样，或换个画法。",
        "{first} would get a hole of {area} m². Say that this is meant, or draw it otherwise.",
    ),
    Reason.SLIVERS: Text(
        "{first}会多出一条 {area} 平方米的细缝。说明就要这样，或把线画到邻居的界上。",
        "{first} would get a sliver of {area} m². Say that this is meant, or draw the line on the neighbour's border.",
    ),
    Reason.JUNCTION: Text(
        "这个顶点是几条界线的交点（{all}），删不了。移动它，或先合并。",
        "Several borders meet at this vertex ({all}); it can't go. Move it, or merge first.",
    ),
    Reason.FEW: Text("{first}至少要留三个顶点。", "{first} must keep at least three vertices."),
    Reason.MISSED: Text(
        "这里没有{first}的边界。点在它的界上。", "The border of {first} is not here. Point at it."
    ),
    Reason.CUTS: Text(
        "这条线会把{second}切开。沿着下一级的界画，或先拆{second}。",
        "The line would cut {second}. Lead it along the borders of the level below, or split {second} first.",
    ),
    Reason.OUTSIDE: Text("要整个画在{first}里面。", "Draw it wholly within {first}."),
    Reason.LINE: Text(
        "这条线要穿过{first}的边界两次。从界外画起，画到界外。",
        "The line must cross the border of {first} twice. Begin and end it outside.",
    ),
    Reason.APART: Text(
        "{first}和{second}不相邻，合不到一起。", "{first} and {second} do not touch; they can't be merged."
    ),
    Reason.POINT: Text(
        "{first}和{second}只碰在一个点上，合不到一起。",
        "{first} and {second} touch at a point only; they can't be merged.",
    ),
    Reason.LAYERS: Text(
        "{first}和{second}不是同一类，合不到一起。",
        "{first} and {second} are of different kinds; they can't be merged.",
    ),
    Reason.DIVIDED: Text(
        "让出的地在几个邻居之间，分不清归谁（{all}）。分几次改，每次对着一个邻居。",
        "The ground given up lies between several neighbours ({all}); whose it becomes can't be told. Reshape in steps, one neighbour at a time.",
    ),
    Reason.NOTHING: Text("什么都没有变。", "Nothing would change."),
}


def named(dataset: Dataset, code: str) -> Text:
    """Return what a record is called in a sentence, its name; a new one is called what it is."""
    record = dataset.find(code)
    if record is None:
        return Text("新画的轮廓", "the new outline")
    name = record.text("name").strip() if "name" in KINDS[record.kind].index else ""
    return Text(name, name) if name else Text(f"{UNNAMED.zh} {code}", f"{UNNAMED.en} {code}")


def said(dataset: Dataset, refusal: Refusal) -> Problem:
    """Return a refusal as a sentence in both languages."""
    names = [named(dataset, code) for code in refusal.keys] or [Text("轮廓", "the outline")]
    other = names[1] if len(names) > 1 else Text("邻居", "its neighbour")
    area = f"{refusal.area:,.0f}" if refusal.area >= 10 else f"{refusal.area:.2g}"
    sentence = Text(
        _SAID[refusal.reason].zh.format(
            first=names[0].zh, second=other.zh, area=area, all="、".join(name.zh for name in names)
        ),
        _SAID[refusal.reason].en.format(
            first=names[0].en, second=other.en, area=area, all=", ".join(name.en for name in names)
        ),
    )
    first = sentence.en[:1].upper() + sentence.en[1:]
    return Problem(
        message=Text(sentence.zh, first), code=refusal.keys[0] if refusal.keys else None, column="geometry"
    )


def editable(field: Field, record: Record) -> Outline:
    """Return the outline that a record has on a day; raise InvalidInput, with the reason, where it has none."""
    name, kind = named(field.dataset, record.code), KINDS[record.kind].words
    outline = None
    if not KINDS[record.kind].shape.has_areas:
        message = Text(
            f"{name.zh}是{kind.zh}，没有边界可改。", f"{name.en} is one of {kind.en}; it has no outline."
        )
    elif not record.is_in_force(field.day):
        message = Text(f"{name.zh}在 {field.day} 不在册。", f"{name.en} is not in force on {field.day}.")
    else:
        message = Text(f"{name.zh}还没有边界。先画它。", f"{name.en} has no outline yet. Draw it first.")
        outline = field.outline(record)
    if outline is None:
        raise InvalidInput(message, (Problem(message=message, code=record.code, column="geometry"),))
    return outline
