"""One export as one page: map, figures and lists, opened in any browser with the network cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.domain.kinds import LEVELS, Where, tables_in
from app.domain.leaving.format import Format
from app.domain.leaving.sheets import sheets_of
from app.domain.looks import bands, palette
from app.domain.text.initials import all_initials
from app.exchange.formats.html_data import data_block, data_in
from app.exchange.formats.html_frame import page_with
from app.exchange.formats.html_still import still_page
from app.exchange.formats.html_words import page_words
from app.exchange.formats.packed import pack
from app.exchange.formats.safe_file import write_whole
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.domain.leaving.content import Layer, Leaving
    from app.domain.leaving.figures import Level
    from app.domain.leaving.paper import Paper
    from app.jobs import Ticket

# What a reader of the page is shown of a record; the tables of the other formats hold more.
_COMPOUND: Final = (
    "code", "name", "kind", "status", "party", "property", "three_no", "district", "street", "community",
    "grid", "address", "households", "residents", "built_year", "area_m2", "firm", "stage", "lon", "lat",
    "changed_on", "changed_by", "changed_verb", "changed_why",
)  # fmt: skip
_STATION: Final = ("code", "name", "kind", "address", "lon", "lat")
_ZONE: Final = ("code", "name", "firm_name", "compounds", "households_now")
_REST: Final = ("grid_post", "neighbourhood_centre", "property_office")  # places of rest have round signs
_LONGEST_NAME: Final = 200
_STAGE: Final = Text("装订网页", "Making the page")
_MOST_NEWS: Final = 1000  # of more units than these, what changed is told of the whole alone


def write_html(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write the page; the same content gives the same bytes."""
    ticket.step(_STAGE, 0, 2)
    page = page_of(leaving)
    ticket.step(_STAGE, 1, 2)
    write_whole(path, page.encode("utf-8"))


def page_of(leaving: Leaving) -> str:
    """Return the finished page: what stands still, and the data of the explorer that takes its place."""
    title = f"{leaving.title} {leaving.say(leaving.measure_words)}"
    return page_with(title, still_page(leaving), data_block(page_data(leaving)), leaving.lang)


def fields_in_html(path: Path, _leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for all that a finished page holds."""
    data: Any = data_in(path.read_text("utf-8"))
    found: set[str] = set()
    for asked in (data, *data["more"]):
        found |= {f"{name}.{column}" for name, level in asked["levels"].items() for column in level["rows"]}
        for layer in ("compounds", "stations", "zones"):
            if layer in asked:
                found |= {f"{layer[:-1]}.{column[0]}" for column in asked[layer]["columns"]}
        found |= {f"{other['layer']}.{column[0]}" for other in asked["others"] for column in other["columns"]}
    return {field for field in found if not field.endswith(".initials")}


def sheets_in_html(path: Path) -> dict[str, str]:
    """Return what a page made before said of each unit, as digests."""
    data: Any = data_in(path.read_text("utf-8"))
    found: dict[str, str] = data["meta"]["sheets"]
    return found


def page_data(leaving: Leaving) -> dict[str, Any]:
    """Return the page's content as it travels: plain JSON. ``more``: the further questions, each like the whole."""
    return {
        "words": page_words(leaving.lang),
        "palette": {
            **palette.page(),
            "status": {name: drawn._asdict() for name, drawn in palette.statuses("light").items()},
        },
        "bands": {
            "limits": bands.LIMITS,
            "names": [leaving.say(name) for name in bands.names()],
            "unknownFrom": bands.UNKNOWN_FROM,
            "muchUnknown": leaving.say(bands.MUCH_UNKNOWN),
        },
        "backdrop": [
            {"kind": part.kind, "rank": part.rank, **pack(part.outlines)} for part in leaving.backdrop
        ],
        **_question(leaving, leaving.paper_of(0)),
        "more": [_question(asked, leaving.paper_of(place)) for place, asked in enumerate(leaving.further, 1)],
    }


def _question(leaving: Leaving, paper: Paper | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "meta": {
            "lang": leaving.lang,
            "title": leaving.title,
            "by": leaving.by,
            "id": leaving.measure,
            "measure": leaving.say(leaving.measure_words),
            "weight": leaving.weight,
            "weightWords": leaving.say(leaving.weight_words),
            "asOf": leaving.as_of.isoformat(),
            "audience": leaving.say(leaving.audience.words),
            "notes": leaving.notes()[:-1],  # the last is the review number, which has its own field
            "synthetic": leaving.say(leaving.synthetic) if leaving.synthetic is not None else None,
            "review": leaving.review_number,
            "hasStatus": leaving.has_status,
            "sheets": sheets_of(leaving),
            "rest": [
                leaving.say(words)
                for kind, words in leaving.choices.get("station.kind", {}).items()
                if kind in _REST
            ],
        },
        "levels": {
            name: _level(leaving, level, leaving.layers.get(name)) for name, level in leaving.levels.items()
        },
        **_news(paper),
    }
    if (compounds := leaving.layers.get("compound")) is not None:
        data["compounds"] = _records(leaving, compounds, _COMPOUND)
    if (stations := leaving.layers.get("station")) is not None:
        data["stations"] = _records(leaving, stations, _STATION)
    if (zones := leaving.layers.get("zone")) is not None:
        data["zones"] = _records(leaving, zones, _ZONE)
    data["others"] = [  # drawn plainly, with all that these readers may have
        {"layer": name, "words": leaving.say(layer.words), **_records(leaving, layer, layer.column_names)}
        for name, layer in leaving.layers.items()
        if name not in (*leaving.levels, *LEVELS, "compound", "station", "zone") and layer.rows
    ]
    return data


def _news(paper: Paper | None) -> dict[str, Any]:
    """Return what changed and what to do first, by unit; of the whole under ""."""
    if paper is None:
        return {"changes": {}, "todo": {}}
    units = paper.units if len(paper.units) <= _MOST_NEWS else ()
    changes = {"": paper.change, **{unit.row.code: unit.change for unit in units}}
    todo = {"": paper.todo, **{unit.row.code: unit.todo for unit in units}}
    return {
        "changes": {
            code: {
                "since": change.against.isoformat(),
                "before": {"hidden": change.before.is_hidden, "cells": change.before.cells()},
                "parts": [
                    [paper.say(part.words), part.covered, part.uncovered, part.unknown]
                    for part in change.parts
                ],
                "sentence": paper.say(change.sentence),
            }
            for code, change in changes.items()
            if change is not None
        },
        "todo": {code: [paper.say(each.text) for each in said] for code, said in todo.items() if said},
    }


def _level(leaving: Leaving, level: Level, layer: Layer | None) -> dict[str, Any]:
    at = {} if layer is None else {code: place for place, code in enumerate(layer.values("code"))}
    outlines = np.full(len(level.rows), None, dtype=object)
    if layer is not None:
        for place, row in enumerate(level.rows):
            if row.code in at:
                outlines[place] = layer.outlines[at[row.code]]
    cells = [row.cells() for row in level.rows]
    names = ("covered", "uncovered", "unknown", "total", "rate", "low", "high")
    rows: dict[str, Any] = {
        "code": [row.code for row in level.rows],
        "name": [row.name[:_LONGEST_NAME] for row in level.rows],
        "initials": [all_initials(row.name) for row in level.rows],
    }
    rows.update({name: [cell[place] for cell in cells] for place, name in enumerate(names)})
    rows["hidden"] = [int(row.is_hidden) for row in level.rows]
    return {
        "word": leaving.say(level.words),
        "rows": rows,
        "unplaced": {"hidden": level.unplaced.is_hidden, "cells": level.unplaced.cells()},
        "total": {"hidden": level.total.is_hidden, "cells": level.total.cells()},
        "outline": pack(outlines),
        "spots": _spots(outlines),
    }


def _records(leaving: Leaving, layer: Layer, wanted: Sequence[str]) -> dict[str, Any]:
    kept = [column for name in wanted for column in layer.columns if column.name == name]
    values: dict[str, Any] = {}
    for column in kept:
        words = leaving.choices.get(f"{layer.name}.{column.name}", {})
        cells = [
            leaving.say(words[str(cell)]) if cell is not None and column.name != "status" and str(cell) in words
            else cell[:_LONGEST_NAME] if isinstance(cell, str)
            else round(cell, 6) if isinstance(cell, float)
            else cell
            for cell in layer.values(column.name)
        ]  # fmt: skip
        values[column.name] = _compact(cells)
    return {
        "columns": [[column.name, leaving.say(column.words)] for column in kept],
        "values": values,
        "initials": [
            all_initials(str(name or ""))
            for name in layer.values("name" if "name" in layer.column_names else "code")
        ],
        "outline": pack(layer.outlines),
        # where the name is written: the columns say it, else a point of ours
        "spots": None if {"lon", "lat"} <= values.keys() else _spots(layer.outlines),
    }


def _compact(cells: list[object]) -> object:
    """Return a column as it is, or as its distinct values and their numbers where many repeat."""
    distinct = dict.fromkeys(cells)
    if len(distinct) * 3 > len(cells):
        return cells
    number = {cell: place for place, cell in enumerate(distinct)}
    return {"of": list(distinct), "at": [number[cell] for cell in cells]}


def _spots(outlines: object) -> list[list[float] | None]:
    """Return a point inside each outline, where its name is written."""
    points = shapely.point_on_surface(np.asarray(outlines, dtype=object))
    return [
        None if point is None or point.is_empty else [round(point.x, 5), round(point.y, 5)]  # a metre
        for point in points
    ]


HTML: Final = Format(
    name="html",
    words=Text("网页地图（HTML）", "Map page (HTML)"),
    ending=".html",
    layers=tables_in(Where.PAGE),
    write=write_html,
    fields_in=fields_in_html,
    sheets_in=sheets_in_html,
    is_paper=True,
    takes_several=True,
)
