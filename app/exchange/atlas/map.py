"""Maps of an atlas: the district by its units, and one unit with its parts, compounds, stations, and neighbours in grey."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.leaving.paper import look_of
from app.domain.looks import palette, wording
from app.domain.looks.signs import ROUND, sign_of
from app.domain.vocabulary import UNNAMED
from app.exchange.atlas.labels import Label, Labels
from app.exchange.pdf.canvas import mixed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from app.domain.leaving.content import Leaving
    from app.domain.leaving.figures import FigureRow
    from app.domain.leaving.paper import Paper, PaperUnit
    from app.exchange.atlas.ground import Drawn, Ground, View
    from app.exchange.pdf.canvas import Canvas

_AREA: Final = (3, 6)
_GRID: Final = re.compile(r"^.*?第?([^第]{1,4})网格$")


class MapPainter:
    """Paints maps of one paper on pages."""

    def __init__(self, leaving: Leaving, paper: Paper, ground: Ground) -> None:
        self._leaving, self._paper, self._ground = leaving, paper, ground
        self._colours = palette.page()
        self._dim = mixed(self._colours["no_data"], self._colours["paper"], 0.75)
        self.stations_seen: dict[str, None] = {}

    def district(self, page: Canvas, view: View, links: Mapping[str, str]) -> None:
        """Paint all units of the paper by their rates, each named with its rate."""
        frame = (view.left, view.top, view.width, view.height)
        with page.clipped(*frame):
            page.box(*frame, fill=self._colours["paper"])
            self._backdrop(page, view)
            units = self._ground.layer(self._paper.by)
            rows = {unit.row.code: unit.row for unit in self._paper.units}
            self._filled(page, view, units, range(len(units.codes)), rows, "seq", 5)
            page.shapes(view.points(units.shapes), edge=self._colours["street_line"], line=0.9)
            labels = Labels(page, frame)
            self._furniture(labels, view)
            for at in self._largest_first(units.shapes):
                row = rows.get(units.codes[at])
                if row is not None:
                    self._name_unit(page, view, labels, units, at, row, links)
        page.box(*frame, edge=self._colours["ctl"], line=0.6)

    def unit(self, page: Canvas, view: View, unit: PaperUnit, below: str, links: Mapping[str, str]) -> None:
        """Paint one unit: its parts by their rates, its compounds by their status, its stations; around it all is grey."""
        frame = (view.left, view.top, view.width, view.height)
        by = self._paper.by
        with page.clipped(*frame):
            page.box(*frame, fill=self._colours["paper"])
            self._backdrop(page, view)
            units, parts = self._ground.layer(by), self._ground.layer(below)
            near = units.within(view.box)
            own = [at for at in near if units.codes[at] == unit.row.code]
            others = [at for at in near if units.codes[at] != unit.row.code]
            page.shapes(view.points(units.shapes[others]), fill=self._dim)
            compounds = self._ground.layer("compound")
            around = compounds.within(view.box)
            mine = compounds.more[by][around] == unit.row.code if len(around) else np.zeros(0, dtype=bool)
            self._plain(page, view, compounds, around[~mine])
            rows = {row.code: row for row in unit.below}
            inner = [at for at in parts.within(view.box) if parts.codes[at] in rows]
            if below == by or not inner:
                self._filled(page, view, units, own, {unit.row.code: unit.row}, "wash", 4)
            else:
                self._filled(page, view, parts, inner, rows, "wash", 4)
                page.shapes(view.points(parts.shapes[inner]), edge=self._colours["casing"], line=1.1)
            self._communities(page, view, unit)
            page.shapes(view.points(units.shapes[others]), edge=self._colours["ctl"], line=0.7)
            outline = view.points(units.shapes[own])
            page.shapes(outline, edge=self._colours["casing"], line=3.4)
            page.shapes(outline, edge=self._colours["street_line"], line=1.5)
            self._statuses(page, view, compounds, around[mine])
            labels = Labels(page, frame)
            self._furniture(labels, view)
            self._stations(page, view, unit, labels)
            self._names(view, unit, labels, compounds, around[mine], parts, inner)
            for at in others:
                self._name_neighbour(page, view, labels, units, at, links)
        page.box(*frame, edge=self._colours["ctl"], line=0.6)

    def _backdrop(self, page: Canvas, view: View) -> None:
        for kind, rank, drawn in self._ground.backdrop:
            shapes = view.points(drawn.shapes[drawn.within(view.box)])
            areas = np.isin(shapely.get_type_id(shapes), _AREA)
            colour = self._colours.get(kind, self._colours["road"])
            page.shapes(shapes[areas], fill=colour)
            page.shapes(shapes[~areas], edge=colour, line=max(0.6, 2.4 / rank))

    def _filled(
        self,
        page: Canvas,
        view: View,
        drawn: Drawn,
        places: Iterable[int],
        rows: Mapping[str, FigureRow],
        sequence: str,
        apart: float,
    ) -> None:
        """Fill units by their rates: all of one colour at once, then what is hatched."""
        by_colour: dict[str, list[int]] = {}
        hatched: dict[bool, list[int]] = {}
        for place in places:
            row = rows.get(drawn.codes[place])
            if row is None:
                continue
            look = look_of(row, sequence)
            by_colour.setdefault(look.colour, []).append(place)
            if look.is_hatched:
                hatched.setdefault(look.band is None, []).append(place)
        for colour in sorted(by_colour):
            page.shapes(view.points(drawn.shapes[by_colour[colour]]), fill=colour)
        for is_all, at in sorted(hatched.items()):
            ink = mixed(self._colours["t1"], self._colours["paper"], 0.5 if is_all else 0.42)
            page.hatch(view.points(drawn.shapes[at]), ink, apart=apart, line=0.45, origin=view.origin)

    def _plain(self, page: Canvas, view: View, drawn: Drawn, places: NDArray[np.intp]) -> None:
        fill = mixed(self._colours["ctl"], self._colours["paper"], 0.33)
        page.shapes(view.points(drawn.shapes[places]), fill=fill)

    def _communities(self, page: Canvas, view: View, unit: PaperUnit) -> None:
        drawn = self._ground.layer("community")
        if self._paper.by != "street" or not len(drawn.codes):
            return
        inner = drawn.shapes[(drawn.more["street"] == unit.row.code)]
        if len(inner) > 1:  # each shared border once, or its dashes fill each other's gaps
            borders = shapely.unary_union(shapely.boundary(view.points(inner)))
            page.shapes([shapely.line_merge(borders)], edge=self._colours["casing"], line=2.2)
            page.shapes([shapely.line_merge(borders)], edge=self._colours["ink"], line=0.9, dash="3.5 2.2")

    def _statuses(self, page: Canvas, view: View, drawn: Drawn, places: NDArray[np.intp]) -> None:
        looks = palette.statuses("light")
        groups: dict[str, list[int]] = {}
        for at in places:
            groups.setdefault(self._status(drawn.codes[at]), []).append(at)
        for status in ("plain", "left_out", "covered", "unknown", "uncovered"):
            shapes = view.points(drawn.shapes[groups.get(status, [])])
            areas = shapes[np.isin(shapely.get_type_id(shapes), _AREA)] if len(shapes) else shapes
            if not len(areas):
                continue
            look = looks[status]
            page.shapes(areas, fill=look.fill, edge=self._colours["casing"], line=2.0)
            if status == "unknown":
                page.hatch(areas, self._colours["unknown"], apart=2.6, line=0.5, origin=view.origin)
            page.shapes(areas, edge=look.edge, line=0.9)

    def _status(self, code: str) -> str:
        return self._paper.statuses.get(code, "plain") if self._paper.statuses else "plain"

    def _stations(self, page: Canvas, view: View, unit: PaperUnit, labels: Labels) -> None:
        drawn = self._ground.layer("station")
        choices = self._leaving.choices.get("station.kind", {})
        for at in drawn.within(view.box):
            is_own = drawn.more[self._paper.by][at] == unit.row.code
            kind = str(drawn.more["kind"][at] or "")
            spot = shapely.get_coordinates(shapely.centroid(drawn.shapes[at]))[0]
            x, y = view.point(*spot)
            ink = (
                self._colours["ink"] if is_own else mixed(self._colours["ink"], self._colours["paper"], 0.45)
            )
            badge(page, x, y, kind, sign_of(kind, choices.get(kind)), ink, self._colours["casing"])
            if is_own:
                self.stations_seen[kind] = None
                labels.take(x - 4.5, y - 4.5, x + 4.5, y + 4.5)

    def _furniture(self, labels: Labels, view: View) -> None:
        labels.take(view.left, view.top + view.height - 24, view.left + 96, view.top + view.height)
        labels.take(view.left + view.width - 34, view.top, view.left + view.width, view.top + 40)

    def _names(
        self,
        view: View,
        unit: PaperUnit,
        labels: Labels,
        compounds: Drawn,
        mine: NDArray[np.intp],
        parts: Drawn,
        inner: Sequence[int],
    ) -> None:
        c = self._colours
        communities = self._ground.layer("community")
        if self._paper.by == "street" and len(communities.codes):
            for at in np.flatnonzero(communities.more["street"] == unit.row.code):
                x, y = view.point(*self._middle(communities, at))
                labels.place(
                    Label(str(communities.names[at] or ""), x, y, 7.5, c["t1"], c["casing"], bold=True)
                )
        unnamed = self._paper.say(UNNAMED)
        boxes = compounds.boxes
        for at in sorted(mine, key=lambda at: -shapely.area(compounds.shapes[at])):
            wide = (boxes[at, 2] - boxes[at, 0]) / view.metres
            name = str(compounds.names[at] or unnamed)
            is_covered = self._status(compounds.codes[at]) == "covered"
            x, y = view.point(*self._middle(compounds, at))
            fits = wide >= len(name) * 5.6
            colour, halo = (c["casing"], c["covered_fill"]) if is_covered and fits else (c["t1"], c["casing"])
            labels.place(Label(name, x, y, 5.6, colour, halo))
        rows = {row.code: row for row in unit.below}
        for part in inner:
            row = rows[parts.codes[part]]
            short = _GRID.sub(r"\1格", row.name)
            x, y = view.point(*self._middle(parts, part))
            figure = "" if row.is_hidden else f" {wording.fraction(row)}"
            labels.place(Label(f"{short}{figure}", x, y, 5.2, c["t2"], c["casing"]))

    def _name_unit(
        self,
        page: Canvas,
        view: View,
        labels: Labels,
        units: Drawn,
        at: int | np.intp,
        row: FigureRow,
        links: Mapping[str, str],
    ) -> None:
        x, y = view.point(*self._middle(units, at))
        figure = self._paper.figure(row)
        label = Label(
            row.name or row.code,
            x,
            y,
            7.2,
            self._colours["t1"],
            self._colours["casing"],
            bold=True,
            below=figure,
        )
        placed = labels.place(label) or labels.place(
            replace(label, size=5.6, below="", said=f"{label.said} {figure}")
        )
        self._linked(page, placed, links.get(row.code))

    def _name_neighbour(
        self, page: Canvas, view: View, labels: Labels, units: Drawn, at: int, links: Mapping[str, str]
    ) -> None:
        west, south, east, north = view.box
        inset = 18 * view.metres
        seen = shapely.intersection(
            units.shapes[at], shapely.box(west + inset, south + inset, east - inset, north - inset)
        )
        if seen.is_empty or seen.area < (40 * view.metres) ** 2:
            return
        spot = shapely.get_coordinates(shapely.point_on_surface(seen))[0]
        x, y = view.point(*spot)
        label = Label(
            str(units.names[at] or units.codes[at]), x, y, 8.5, self._colours["t2"], self._colours["casing"],
            bold=True, spaced=1.5,
        )  # fmt: skip
        self._linked(page, labels.place(label), links.get(units.codes[at]))

    def _linked(
        self, page: Canvas, box: tuple[float, float, float, float] | None, target: str | None
    ) -> None:
        if box is not None and target is not None:
            left, top, right, bottom = box
            page.link(left, top, right - left, bottom - top, target)

    @staticmethod
    def _middle(drawn: Drawn, at: int | np.intp) -> tuple[float, float]:
        x, y = shapely.get_coordinates(shapely.point_on_surface(drawn.shapes[at]))[0]
        return float(x), float(y)

    @staticmethod
    def _largest_first(shapes: NDArray[np.object_]) -> NDArray[np.intp]:
        return np.argsort(-shapely.area(shapes), kind="stable")


def badge(page: Canvas, x: float, y: float, kind: str, sign: str, ink: str, casing: str) -> None:
    """Draw a station: a round or a square badge with the sign of its kind."""
    if kind in ROUND:
        page.circle(x, y, 4.1, fill=ink, edge=casing, line=0.7)
    else:
        page.box(x - 3.7, y - 3.7, 7.4, 7.4, fill=ink, edge=casing, line=0.7)
    page.sign(x - 2.5, y + 1.85, sign, 5.0, casing)
