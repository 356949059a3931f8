"""The hard cases of editing outlines, the tools, and which case can occur with which: the table of docs/editing.md.

``python -m tests.app.outlines.cases`` writes the table into the page anew.
"""

from __future__ import annotations

from pathlib import Path

import shapely

from app.domain.period import today
from app.services.outlines.cutting import merge_geometry, split_geometry
from app.services.outlines.desk import OutlineDesk
from app.services.outlines.drawn import plan_new
from geo.arcs.judge import PLAIN
from tests.app.outlines.tiles import GRIDS, at

PAGE = Path(__file__).resolve().parents[3] / "docs" / "editing.md"
BEGIN, END = "<!-- made: cases -->", "<!-- end -->"

CASES = {
    1: "a vertex inserted or deleted on a shared edge",
    2: "a T-junction where three meet and two move",
    3: "a neighbour gets its vertex, also in other layers",
    4: "new and edited features treated alike",
    5: "a part of a multipart beside the one edited",
    6: "a precision grid that turns topological points into overlaps",
    7: "neighbours in inactive layers",
    8: "a file in another coordinate system",
    9: "lines and other layers that must not gain vertices",
    10: "avoiding an overlap would make a multipart",
    11: "splitting deletes an untouched part",
    12: "move, rotate and scale obey the rule",
    13: "this one only really leaves neighbours alone",
    14: "a merge that is impossible says why",
}
EVERYWHERE = (4, 5, 6, 7, 8, 9)  # whatever the tool is
TOOLS = {
    "move": "move a vertex",
    "insert": "insert a vertex",
    "delete": "delete a vertex",
    "edge": "move an edge",
    "reshape": "reshape along a line",
    "shift": "move all of it",
    "turn": "rotate",
    "scale": "scale",
    "split": "split",
    "merge": "merge",
    "hole": "cut a hole",
    "fill": "fill a hole",
    "part": "add a part",
    "drop": "drop a part",
    "simplify": "simplify",
    "square": "right angles",
    "draw": "draw anew",
}
TRANSFORMS = ("shift", "turn", "scale")
BORDER = (
    "move",
    "insert",
    "delete",
    "edge",
    "reshape",
    *TRANSFORMS,
    "simplify",
    "square",
)  # move a shared border
OCCURS = {
    1: (*BORDER, "split", "merge", "part", "draw"),
    2: (*BORDER, "split", "merge"),
    3: ("insert", "reshape", "split", "part", "draw"),
    **dict.fromkeys(EVERYWHERE, tuple(TOOLS)),
    10: ("move", "insert", "edge", "reshape", *TRANSFORMS, "part", "draw"),
    11: ("split",),
    12: TRANSFORMS,
    13: BORDER,
    14: ("merge",),
}
NO_MULTIPART = ("draw",)  # an outline drawn is one polygon
OCCURS[5] = tuple(tool for tool in TOOLS if tool not in NO_MULTIPART)
WHY_NOT = {
    "a": "it takes no ground and leaves none where a neighbour's border runs",
    "b": "no border that three share moves",
    "c": "no border ends on a neighbour's edge that did not end there before",
    "d": "it is drawn as one polygon",
    "e": "it takes no ground of others: nothing is clipped",
    "f": "only a split parts what is there",
    "g": "only the whole of it moved, turned or scaled is meant",
    "h": "neighbours get a vertex at most, or are what it is about",
    "i": "only a merge joins",
}
LETTER = {1: "a", 2: "b", 3: "c", 5: "d", 10: "e", 11: "f", 12: "g", 13: "h", 14: "i"}


def unit_act(tool: str, registry, options=PLAIN, place=at):
    """Return a plan of a tool on a grid whose border others share; None where the tool is for compounds there."""
    desk = OutlineDesk(registry, GRIDS[0])
    acts = {
        "move": lambda: desk.move([(place(140, 200), place(150, 220))], options),
        "insert": lambda: desk.insert(place(70, 200), place(72, 190), options),
        "delete": lambda: desk.delete([place(200, 200.3)], options),
        "edge": lambda: desk.move_edge(place(200, 200), place_off(place, 0, -12), options),
        "reshape": lambda: desk.reshape(
            [place(100, 210), place(100, 180), place(180, 180), place(180, 210)], options
        ),
        "shift": lambda: desk.shift(4, 5, options),
        "turn": lambda: desk.turn(1.0, None, options),
        "scale": lambda: desk.scale(1.02, None, options),
        "simplify": lambda: desk.simplify(0.5, options),
        "square": lambda: desk.right_angles(options),
        "split": lambda: split_geometry(registry, GRIDS[0], [place(140, 250), place(140, -50)], today()).plan,
        "merge": lambda: merge_geometry(registry, [GRIDS[1], GRIDS[2]], today()).plan,
        "part": lambda: desk.add_part(polygon(place, (10, 210), (40, 210), (40, 240), (10, 240)), options),
        "hole": lambda: desk.cut_hole(polygon(place, (200, 20), (220, 20), (220, 40), (200, 40)), options),
    }
    return acts[tool]() if tool in acts else None


def home_act(tool: str, registry, options=PLAIN, place=at, code: str = "C000002"):
    """Return a plan of a tool on a compound that shares a wall, or on one with the hole and part that the tool needs."""
    desk = OutlineDesk(registry, code)
    acts = {
        "move": lambda: desk.move([(place(80, 20), place(86, 24))], options),
        "insert": lambda: desk.insert(place(80, 50), place(84, 50), options),
        "delete": lambda: desk.delete([place(150.3, 70)], options),
        "edge": lambda: desk.move_edge(place(80, 50), place_off(place, 5, 0), options),
        "reshape": lambda: desk.reshape(
            [place(84, 30), place(70, 30), place(70, 60), place(84, 60)], options
        ),
        "shift": lambda: desk.shift(3, 2, options),
        "turn": lambda: desk.turn(2.0, None, options),
        "scale": lambda: desk.scale(0.97, None, options),
        "simplify": lambda: desk.simplify(0.5, options),
        "square": lambda: desk.right_angles(options),
        "split": lambda: split_geometry(registry, code, [place(60, 60), place(170, 60)], today()).plan,
        "merge": lambda: merge_geometry(registry, [code, "C000001"], today(), options).plan,
        "part": lambda: desk.add_part(polygon(place, (150, 30), (170, 30), (170, 60), (150, 60)), options),
        "drop": lambda: desk.drop_part(place(175, 205), options),
        "hole": lambda: desk.cut_hole(polygon(place, (100, 80), (110, 80), (110, 90), (100, 90)), options),
        "fill": lambda: desk.fill_hole(place(125, 105), options),
        "draw": lambda: plan_new(
            registry,
            "compounds",
            polygon(place, (150, 30), (190, 30), (190, 110), (150, 110)),
            options=options,
        ),
    }
    return acts[tool]()


def polygon(place, *corners) -> shapely.Polygon:
    return shapely.Polygon([place(*corner) for corner in corners])


def place_off(place, east: float, north: float) -> tuple[float, float]:
    x, y = place(0, 0)
    to_x, to_y = place(east, north)
    return to_x - x, to_y - y


def table() -> str:
    """Return the table as the page has it: ● where the case is tested with the tool, a letter where it can't occur."""
    lines = [f"| tool | {' | '.join(str(case) for case in CASES)} |", f"| --- |{' :-: |' * len(CASES)}"]
    for tool, words in TOOLS.items():
        cells = ["●" if tool in OCCURS[case] else LETTER[case] for case in CASES]
        lines.append(f"| {words} | {' | '.join(cells)} |")
    cases = [f"{case}. {words}" for case, words in CASES.items()]
    why = [f"- **{letter}** {words}" for letter, words in WHY_NOT.items()]
    return "\n".join([*cases, "", *lines, "", "Where a cell has a letter, the case can't occur:", "", *why])


def page() -> str:
    """Return the page with the table as it is now."""
    text = PAGE.read_text("utf-8")
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n{table()}\n{END}{rest.split(END, 1)[1]}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8", newline="\n")
