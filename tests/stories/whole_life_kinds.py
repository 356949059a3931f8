"""Kinds that nobody wrote code for: one of each shape, and for every trait one from which it is taken out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.domain.kind import Headings, Kind, Shape, Where
from app.text import Text

if TYPE_CHECKING:
    from app.domain.kind import Field

WHOLE: Final = ("clubs", "hydrants", "gardens", "parkings", "visits")
NOT_FOR_HANDS: Final = Text("只从图层导入", "Imported from layers alone")
# trait → (the whole kind it is taken from, what that kind is without it, the step of its life that fails then)
WITHOUT: Final[dict[str, tuple[str, dict[str, Any], str]]] = {
    "shape": ("gardens", {"shape": Shape.NONE}, "on_the_map"),
    "points": ("parkings", {"shape": Shape.AREA}, "shaped"),
    "areas": ("parkings", {"shape": Shape.POINT}, "shaped"),
    "letter": ("gardens", {"letter": ""}, "added"),
    "subject": ("gardens", {"subject": ""}, "measured"),
    "chain": ("gardens", {"chain": ""}, "chained"),
    "identity": ("visits", {"identity": (), "is_once": False}, "imported_by_template"),
    "is_once": ("visits", {"is_once": False}, "once"),
    "leaves_with": ("visits", {"leaves_with": ()}, "leaves_along"),
    "about": ("visits", {"about": ()}, "goes_with_its_unit"),
    "told_on": ("visits", {"told_on": ""}, "told_later"),
    "narrowed_by": ("gardens", {"narrowed_by": ()}, "told_apart"),
    "headings": ("gardens", {"headings": Headings()}, "recognised"),
    "may_have": ("gardens", {"may_have": ()}, "attached_to"),
    "counted_by": ("gardens", {"counted_by": ()}, "counted"),
    "is_screened": ("gardens", {"fields": "not screened"}, "screened"),
    "least": ("gardens", {"fields": "public to none"}, "left_for_everyone"),
    "parents": ("clubs", {"fields": "without parents"}, "placed"),
    **{
        f"absent_{where}": ("gardens", {"absent_from": {where: NOT_FOR_HANDS}}, step)
        for where, step in {
            Where.MAP: "on_the_map",
            Where.LAYERS: "among_layers",
            Where.SEARCH: "searched",
            Where.TREE: "in_the_tree",
            Where.DRAWING: "drawn",
            Where.TOTALS: "counted",
            Where.PAGE: "left_for_everyone",
            Where.WORKBOOK: "left_for_everyone",
            Where.GEOPACKAGE: "left_for_everyone",
            Where.GEOJSON: "left_for_everyone",
            Where.PICTURE: "left_for_everyone",
        }.items()
    },
}
NEW: Final = (*WHOLE, *(f"without_{trait}" for trait in WITHOUT))


def made() -> tuple[Kind, ...]:
    """Return the kinds."""
    whole = {kind.name: kind for kind in _whole()}
    found = list(whole.values())
    for place, (trait, (name, changes, _)) in enumerate(WITHOUT.items()):
        kind = whole[name]
        fields = _fields(kind, str(changes.get("fields", "")))
        letter = f"{'WXYZ'[place // 10]}{place % 10}-"
        found.append(
            replace(
                kind,
                **{
                    "name": f"without_{trait}",
                    "table": f"no_{trait}",
                    "words": Text(f"{kind.words.zh}{place}", f"{kind.words.en} {place}"),
                    "letter": letter,
                    "subject": f"no_{trait}" if kind.subject else "",
                    **changes,
                    "fields": tuple(_own(field, name, trait) for field in fields),
                },
            )
        )
    return tuple(found)


def _own(field: Field, name: str, trait: str) -> Field:
    """Return a field that leads to the kind's own records where it led to those of the whole kind."""
    return replace(field, to=(f"without_{trait}",)) if field.to == (name,) else field


def _fields(kind: Kind, how: str) -> tuple[Field, ...]:
    from app.domain.audience import Audience

    if how == "not screened":
        return tuple(replace(field, is_screened=False) for field in kind.fields)
    if how == "public to none":
        return tuple(replace(field, least=Audience.STREET) for field in kind.fields)
    if how == "without parents":
        return tuple(field for field in kind.fields if field.name not in kind.parents)
    return kind.fields


def _whole() -> tuple[Kind, ...]:
    from app.domain.kinds.fields import (
        COMMUNITY,
        GRID,
        NAME_REQUIRED,
        STREET,
        choice,
        count,
        day,
        public,
        text,
        to,
    )

    named = (public(NAME_REQUIRED), text("note", "备注", "Note"))
    placed = (public(GRID), public(COMMUNITY), public(STREET))
    return (
        Kind(
            "clubs",
            "club",
            Text("俱乐部", "Clubs"),
            (*named, STREET),
            letter="Q",
            may_have=("facts", "links", "relates"),
        ),
        Kind(
            "hydrants",
            "hydrant",
            Text("消火栓", "Hydrants"),
            (*named, *placed),
            letter="H",
            shape=Shape.POINT,
            may_have=("facts", "attachments"),
        ),
        Kind(
            "gardens",
            "garden",
            Text("花园", "Gardens"),
            (
                *named,
                choice("sort", "garden_sort", "种类", "Sort"),
                count("trees", "树木数", "Trees"),
                to("after", "gardens", zh="前身", en="Formerly"),
                *placed,
            ),
            letter="GA",
            shape=Shape.AREA,
            subject="garden",
            chain="after",
            narrowed_by=("sort",),
            headings=Headings(
                names="园名", codes="园号", called="花园 绿地", english=("garden",), sort="sort"
            ),
            may_have=("facts", "assessments", "attachments", "engagements", "links", "households"),
            counted_by=("sort",),
        ),
        Kind(
            "parkings",
            "parking_lot",
            Text("停车场", "Parking lots"),
            (*named, count("spaces", "车位数", "Spaces"), *placed),
            letter="P",
            shape=Shape.AREA_OR_POINT,
            may_have=("facts",),
        ),
        Kind(
            "visits",
            "visit",
            Text("巡查", "Visits"),
            (
                to("garden", "gardens", zh="花园", en="Garden", required=True),
                day("on", "日期", "Day", required=True),
                text("note", "备注", "Note"),
            ),
            letter="T",
            leaves_with=("garden",),
            about=("garden",),
            told_on="on",
            identity=("garden", "on"),
            is_once=True,
        ),
    )
