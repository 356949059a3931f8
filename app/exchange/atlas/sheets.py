"""The sheets of an atlas: the district's, one of each unit, and where a table goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from app.domain.leaving.paper import low_first, units_low_first
from app.domain.looks import bands, palette, wording
from app.domain.looks.signs import sign_of
from app.domain.vocabulary import STATUS
from app.exchange.atlas import table, words
from app.exchange.atlas.ground import View
from app.exchange.atlas.map import MapPainter, badge
from app.exchange.atlas.page import LEFT, RIGHT, TOP, head, wrapped
from app.exchange.pdf.canvas import Canvas, mixed
from app.exchange.pdf.face import face

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from app.domain.leaving.content import Leaving
    from app.domain.leaving.figures import FigureRow
    from app.domain.leaving.paper import Paper, PaperChange, PaperUnit, Todo
    from app.exchange.atlas.ground import Ground
    from app.text import Text

FRAME: Final = (LEFT, TOP, 512.0, 436.0)
_LIST: Final = RIGHT - table.WIDTH
_COLUMNS: Final = 3  # of a page on which a table goes on
_END: Final = 550.0  # where lists end
_LEGEND: Final = TOP + 436 + 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """What belongs together: a page and those it goes on; ``scale``: of its map, None = none."""

    key: str
    title: str
    pages: tuple[Canvas, ...]
    scale: int | None


class Sheets:
    """Makes the sheets of one paper. ``key_of``: the name of a sheet's first page, by the unit's code ("" = all)."""

    def __init__(self, leaving: Leaving, paper: Paper, ground: Ground, key_of: Mapping[str, str]) -> None:
        self._leaving, self._paper, self._ground = leaving, paper, ground
        self._keys = key_of
        self._links = {code: key for code, key in key_of.items() if code}

    def district(self) -> Sheet:
        """Return the sheet of all units."""
        paper = self._paper
        page = Canvas(self._keys[""])
        head(page, paper, paper.title, paper.total, None)
        painter = MapPainter(self._leaving, paper, self._ground)
        shapes = self._ground.layer(paper.by).shapes
        scale = None
        if len(shapes):
            view = View(_box(shapes), FRAME, 0.03)
            painter.district(page, view, self._links)
            self._furniture(page, view)
            scale = view.scale
        else:
            self._no_map(page)
        self._legend(page, paper.say(paper.by_words), "seq", (), has_statuses=False)
        rows = [unit.row for unit in units_low_first(paper.units)]
        pages = self._lists(
            page, paper.title, rows, paper.total, paper.unplaced, paper.todo, paper.change, paper.by_words
        )
        return Sheet(page.name, paper.title, (page, *pages), scale)

    def unit(self, unit: PaperUnit) -> Sheet:
        """Return the sheet of one unit."""
        paper = self._paper
        page = Canvas(self._keys[unit.row.code])
        title = f"{unit.row.name or unit.row.code}　{paper.say(paper.measure_words)}"
        head(page, paper, title, unit.row, (paper.say(words.ON_PAGE.format(paper.place)), self._keys[""]))
        below = next((name for name in ("street", "grid") if self._is_below(name, unit)), paper.by)
        painter = MapPainter(self._leaving, paper, self._ground)
        layer = self._ground.layer(paper.by)
        own = layer.shapes[layer.codes == unit.row.code] if len(layer.codes) else layer.shapes
        scale = None
        if len(own):
            view = View(_box(own), FRAME, 0.05)
            painter.unit(page, view, unit, below, self._links)
            self._furniture(page, view)
            scale = view.scale
        else:
            self._no_map(page)
        self._legend(
            page,
            paper.say(paper.below_words),
            "wash",
            tuple(painter.stations_seen),
            has_statuses=bool(paper.statuses),
        )
        rows = low_first(unit.below)
        pages = self._lists(
            page, title, rows, unit.row, unit.below_rest, unit.todo, unit.change, paper.below_words
        )
        return Sheet(page.name, unit.row.name or unit.row.code, (page, *pages), scale)

    def _is_below(self, name: str, unit: PaperUnit) -> bool:
        codes = {row.code for row in unit.below}
        level = self._leaving.levels.get(name)
        return bool(codes) and level is not None and any(row.code in codes for row in level.rows)

    def _lists(
        self,
        page: Canvas,
        title: str,
        rows: Sequence[FigureRow],
        total: FigureRow,
        rest: FigureRow,
        todo: Sequence[Todo],
        change: PaperChange | None,
        what: Text,
    ) -> list[Canvas]:
        """Write the right column: table, sum, three things to do, change; return the pages on which the table goes on."""
        paper, colours = self._paper, palette.page()
        said = self._blocks(todo, change, total)
        counted = [row for row in rows if row.is_hidden or row.total]
        empty, of, rows = len(rows) - len(counted), len(rows), counted
        room = (
            _END
            - sum(13 + 9.6 * len(lines) + 5 for _, lines in said)
            - (TOP + 16 + table.HEAD + table.ROW + 23)
        )
        height = min(table.ROW, max(10.4, room / max(1, len(rows))))
        fits = max(3, int(room / height))
        shown, more = (rows, []) if len(rows) <= fits else (rows[: fits - 1], rows[fits - 1 :])
        top = TOP
        if rows:
            word = paper.say(what)
            page.text(_LIST, top + 9, paper.say(words.EACH.format(word)), 10, colours["t1"], bold=True)
            page.text(RIGHT, top + 9, paper.say(words.LOW_FIRST), 7, colours["t2"], align=1)
            top += 14
            page.line([(_LIST, top), (RIGHT, top)], colours["t1"], 0.7)
            table.headings(page, paper, word, _LIST, top)
            top = table.rows(page, paper, shown, _LIST, top + table.HEAD, height, self._links)
            if more:
                page.text(_LIST, top + 8.5, paper.say(words.MORE.format(len(more))), 7, colours["accent"])
                page.link(_LIST, top, table.WIDTH, 12, f"{page.name}/2")
                top += 12
            unplaced = (
                f"{rest.name} {paper.say(wording.WITHHELD) if rest.is_hidden else wording.amount(rest.total)}"
            )
            told = words.SUM.format(of, word, unplaced)
            top = table.total(page, paper, total, paper.say(told), _LIST, top)
        if empty:
            top += 9
            page.text(_LIST, top, paper.say(words.EMPTY.format(empty, paper.say(what))), 6.5, colours["t3"])
        for heading, lines in said:
            top += 15
            page.text(_LIST, top, heading, 8.5, colours["t1"], bold=True)
            for line in lines:
                top += 9.6
                page.text(_LIST, top + 1, line, 7, colours["t1"])
            top += 2
        return self._continued(page.name, title, more)

    def _blocks(
        self, todo: Sequence[Todo], change: PaperChange | None, total: FigureRow
    ) -> list[tuple[str, Sequence[str]]]:
        paper = self._paper
        found: list[tuple[str, Sequence[str]]] = []
        if todo:
            lines = [
                ("· " if place == 0 else "  ") + line
                for each in todo
                for place, line in enumerate(wrapped(paper.say(each.text), 7, table.WIDTH - 8, 2))
            ]
            found.append((paper.say(words.FIRST_THREE), lines))
        if change is not None:
            sides = (f"{paper.figure(row)} {paper.fraction(row)}" for row in (change.before, total))
            sentence = paper.say(words.FROM_TO.format(*sides)) + paper.say(change.sentence)
            heading = paper.say(words.CHANGE.format(change.against.isoformat()))
            found.append((heading, wrapped(sentence, 7, table.WIDTH, 4)))
        return found

    def _continued(self, name: str, title: str, rows: Sequence[FigureRow]) -> list[Canvas]:
        paper = self._paper
        pages: list[Canvas] = []
        down = int((_END - TOP - table.HEAD) / table.ROW)
        for start in range(0, len(rows), down * _COLUMNS):
            page = Canvas(f"{name}/{len(pages) + 2}")
            told = paper.say(words.CONTINUED.format(title))
            head(page, paper, told, None, (paper.say(words.ON_PAGE.format(title)), name))
            for column in range(_COLUMNS):
                part = rows[start + column * down : start + (column + 1) * down]
                if part:
                    left = LEFT + column * (RIGHT - LEFT - table.WIDTH) / (_COLUMNS - 1)
                    table.headings(page, paper, paper.say(paper.below_words), left, TOP)
                    table.rows(page, paper, part, left, TOP + table.HEAD, links=self._links)
            pages.append(page)
        return pages

    def _no_map(self, page: Canvas) -> None:
        left, top, width, height = FRAME
        page.box(*FRAME, edge=palette.page()["ctl"])
        page.text(
            left + width / 2,
            top + height / 2,
            self._paper.say(words.NO_OUTLINE),
            9,
            palette.page()["t3"],
            align=0.5,
        )

    def _furniture(self, page: Canvas, view: View) -> None:
        colours = palette.page()
        left, bottom = view.left + 8, view.top + view.height - 8
        metres = _round_length(view.metres * 80)
        length = metres / view.metres
        said = words.METRES.format(f"{metres:,}") if metres < 1000 else words.KILOMETRES.format(metres / 1000)
        wide = face(bold=False).width(self._paper.say(said), 7)
        page.box(left - 4, bottom - 11, length + wide + 12, 15, fill=colours["panel"])
        page.line(
            [(left, bottom - 4), (left, bottom), (left + length, bottom), (left + length, bottom - 4)],
            colours["t1"],
            0.9,
        )
        page.text(left + length + 4, bottom + 0.5, self._paper.say(said), 7, colours["t1"])
        x, y = view.left + view.width - 18, view.top + 12
        arrow = shapely.polygons([[(x, y - 4), (x + 4.5, y + 10), (x, y + 7), (x - 4.5, y + 10)]])
        page.shapes(arrow, fill=colours["t1"])
        page.text(x, y + 19, self._paper.say(words.NORTH), 7, colours["t1"], bold=True, align=0.5)

    def _legend(
        self, page: Canvas, what: str, sequence: str, stations: Sequence[str], *, has_statuses: bool
    ) -> None:
        paper, colours = self._paper, palette.page()
        y = _LEGEND
        x = (
            LEFT
            + page.text(LEFT, y + 1, paper.say(words.RATE_OF.format(what)), 7, colours["t1"], bold=True)
            + 8
        )
        for colour, mark in zip(colours[sequence], bands.marks(), strict=True):
            page.box(x, y - 6, 23, 7.4, fill=colour, edge=colours["ctl"], line=0.4)
            page.text(x + 11.5, y + 9, mark, 6, colours["t2"], align=0.5)
            x += 24
        x += 8
        x = self._swatch(page, x, y, colours[sequence][2], paper.say(bands.MUCH_UNKNOWN_MARK), hatch=True)
        x = self._swatch(page, x, y, colours["no_data"], paper.say(wording.NOTHING))
        if has_statuses:
            looks = palette.statuses("light")
            for status in ("covered", "uncovered", "unknown"):
                look = looks[status]
                x = self._swatch(
                    page,
                    x,
                    y,
                    look.fill,
                    paper.say(STATUS[status]),
                    edge=look.edge,
                    hatch=status == "unknown",
                )
        choices = self._leaving.choices.get("station.kind", {})
        for kind in sorted(stations, key=list(choices).index) if set(stations) <= set(choices) else stations:
            said = paper.say(choices[kind]) if kind in choices else kind
            if x + 16 + 7 * len(said) > LEFT + 512:
                x, y = LEFT + 8, y + 19
            badge(
                page,
                x + 4,
                y - 2.3,
                kind,
                sign_of(kind, choices.get(kind)),
                colours["ink"],
                colours["casing"],
            )
            x += 11 + page.text(x + 10, y + 0.3, said, 7, colours["t2"]) + 8

    def _swatch(
        self,
        page: Canvas,
        x: float,
        y: float,
        colour: str,
        said: str,
        *,
        edge: str | None = None,
        hatch: bool = False,
    ) -> float:
        colours = palette.page()
        page.box(x, y - 6, 11, 7.4, fill=colour)
        if hatch:
            page.hatch_box(x, y - 6, 11, 7.4, mixed(colours["t1"], colours["paper"], 0.5), apart=2.4)
        page.box(x, y - 6, 11, 7.4, edge=edge or colours["ctl"], line=0.6)
        return x + 14 + page.text(x + 14, y + 0.3, said, 7, colours["t2"]) + 8


def _box(shapes: NDArray[np.object_]) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(shapes)
    return float(west), float(south), float(east), float(north)


def _round_length(metres: float) -> int:
    """Return the largest round length that is not longer: 1, 2 or 5 and zeros."""
    steps = (digit * 10**power for power in range(7) for digit in (1, 2, 5))
    return max((step for step in steps if step <= metres), default=1)
