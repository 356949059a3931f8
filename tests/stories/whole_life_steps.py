"""The steps of a life, from the first row to the last: each raises where a kind is left out or treated wrongly."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import openpyxl
import shapely
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from app.domain.audience import Audience
from app.domain.kind import Kind, Shape, Where
from app.domain.kinds import KINDS
from app.domain.period import today
from app.exchange.formats.html_data import data_in
from app.services.profile.profiles import load_profile, profile_from_text
from app.services.registry.registry import Registry
from tests.app.builders import LAT, LON
from tests.stories.whole_life_kinds import NEW, WITHOUT
from ui.cli.run import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

PHONE: Final = "13812345678"
SECRET: Final = "只给街道看的一句"
GRID, COMMUNITY, STREET = "340102001001001", "340102001001", "340102001"
TODAY: Final = today()


def whole_of(kind: Kind) -> Kind:
    """Return the kind that another one is without a trait."""
    trait = kind.name.removeprefix("without_")
    return KINDS[WITHOUT[trait][0]] if trait in WITHOUT else kind


class World:
    """One registry in which all the kinds live, and what is known of them so far."""

    def __init__(self, folder: Path) -> None:
        self._application = QApplication.instance() or QApplication([])
        self.folder = folder
        self.path = folder / "life.gpkg"
        self.codes: dict[str, dict[str, str]] = {name: {} for name in NEW}
        (folder / "city.toml").write_text(_profile(), "utf-8")
        self.call("profile", "--set", str(folder / "city.toml"), "--why", "新的几类")
        box = shapely.box(LON, LAT, LON + 0.02, LAT + 0.02).wkt
        east = shapely.box(LON + 0.02, LAT, LON + 0.04, LAT + 0.02).wkt
        self.call("add", "districts", "code=340102", "name=瑶海区", f"geometry={box}")
        self.call("add", "streets", f"code={STREET}", "name=明光路街道", "district=340102", f"geometry={box}")
        self.call(
            "add",
            "communities",
            f"code={COMMUNITY}",
            "name=临泉路社区",
            f"street={STREET}",
            f"geometry={box}",
        )
        self.call(
            "add", "grids", f"code={GRID}", "name=第一网格", f"community={COMMUNITY}", f"geometry={box}"
        )
        self.call(
            "add",
            "grids",
            f"code={COMMUNITY}002",
            "name=第二网格",
            f"community={COMMUNITY}",
            f"geometry={east}",
        )
        self.call(
            "add", "compounds", "code=C1", "name=大关苑", "kind=old", f"geometry={self.square(0, 19).wkt}"
        )
        self.call("add", "organisations", "code=O1", "name=一支部", "type=branch")
        self.call("add", "firms", "code=F1", "name=安居物业")
        self.call("add", "departments", "code=D1", "name=民政局")

    def call(self, verb: str, *arguments: str, status: int = 0) -> Any:
        """Run a verb, insist on its status, and return what it printed."""
        out, noted = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(noted):
            ended = run([verb, str(self.path), *arguments, "--json"])
        said = out.getvalue() + ("" if ended == 0 else noted.getvalue())
        if ended != status:
            raise AssertionError(f"{verb} {' '.join(arguments)[:80]} ended with {ended}: {said[-300:]}")
        return json.loads(said) if status == 0 else said

    def square(self, row: int, column: int) -> shapely.Polygon:
        """Return a small square of its own within the first grid."""
        west, south = LON + 0.0002 + column * 0.0009, LAT + 0.0002 + row * 0.0004
        return shapely.box(west, south, west + 0.0003, south + 0.0002)

    def outline(self, kind: Kind, column: int) -> BaseGeometry | None:
        """Return an outline that fits a kind's shape."""
        square = self.square(NEW.index(kind.name) + 1, column)
        if kind.shape is Shape.NONE:
            return None
        return square.centroid if kind.shape is Shape.POINT else square

    @cached_property
    def registry(self) -> Registry:
        """The registry, open for reading once all that is added stands in it."""
        return Registry.open(self.path, by="tester")

    @cached_property
    def scene(self) -> Any:
        """What the map shows."""
        from ui.map.build_scene import build_scene

        return build_scene(self.registry.dataset, self.registry.zone, TODAY)

    @cached_property
    def search(self) -> Any:
        """What the search box looks through."""
        from ui.models.search_index import build_search

        return build_search(self.registry.dataset, TODAY)

    @cached_property
    def host(self) -> QWidget:
        """A widget that the window's parts lie in."""
        host = QWidget()
        host.resize(1366, 698)
        host.show()
        return host

    @cached_property
    def context(self) -> Any:
        """What the window's parts share."""
        from ui.bridge.context import WindowContext
        from ui.bridge.settings_store import SettingsStore
        from ui.bridge.tasks import TaskRunner

        _ = self.host
        self._tasks = TaskRunner()
        context = WindowContext(self._tasks, SettingsStore(self.folder / "settings.ini"), lang="zh")
        context.set_registry(self.registry)
        context.tell_map_shown()
        return context

    @cached_property
    def layers(self) -> Any:
        """The panel of layers."""
        from ui.panels.layers import LayersPanel

        return LayersPanel(self.context, self.host)

    @cached_property
    def places(self) -> Any:
        """The panel of places, with its tree filled."""
        from ui.panels.places import PlacesPanel

        panel = PlacesPanel(self.context, self.host)
        self.until(lambda: panel.model.rowCount() > 0)
        return panel

    @cached_property
    def left(self) -> dict[tuple[str, str], tuple[Any, str]]:
        """Every format for every audience: the report, and the file's text where it is one."""
        from app.services.bring_out.export_data import ExportRequest, export
        from ui.map.export import FORMATS

        found = {}
        for audience in Audience:
            for form in ("html", "xlsx", "csv", "gpkg", "geojson", "png"):
                out = self.folder / f"{audience}.{form}"
                request = ExportRequest(audience=audience.value, by="street", ledgers=True)
                report = export(self.registry, out, request, formats=FORMATS)
                found[form, audience.value] = (report, out)
        return found

    @cached_property
    def of_the_grid(self) -> Any:
        """What leaves of the first grid alone, for the street."""
        from app.services.bring_out.export_data import ExportRequest, export

        out = self.folder / "grid.xlsx"
        return export(
            self.registry, out, ExportRequest(audience="street", by="grid", unit=GRID, ledgers=True)
        )

    def until(self, true: Callable[[], bool], limit: int = 30_000) -> None:
        """Let the window work until something is so."""
        loop, ends, looks = QEventLoop(), QTimer(singleShot=True, interval=limit), QTimer(interval=5)
        ends.timeout.connect(lambda: loop.exit(1))
        looks.timeout.connect(lambda: loop.exit(0) if true() else None)
        ends.start()
        looks.start()
        assert loop.exec() == 0, "the window did not come to it"

    def close(self) -> None:
        """End every job and close the file."""
        if hasattr(self, "_tasks"):
            self._tasks.shut_down()
            self.host.close()
        self.registry.close()


def left_out(kind: Kind, where: Where) -> None:
    """Fail because a kind is not there: with its reason, or because nobody gave one."""
    reason = kind.absent_from.get(where)
    raise AssertionError(f"absent from {where.value}: {reason.zh if reason else 'without a word'}")


def _values(world: World, kind: Kind, how: str, column: int) -> list[str]:
    """Return FIELD=VALUE of a record of a kind, placed where it can be."""
    own = whole_of(kind).name
    values = [f"name={kind.words.zh}{how}"] if kind.has_name else []
    values += [f"note={SECRET}"]
    if own == "visits":
        garden = world.call(
            "add", "gardens", f"name={kind.name}{how}园", f"geometry={world.square(0, column).wkt}"
        )
        world.codes[kind.name][f"garden {how}"] = garden["codes"][0]
        values += [f"garden={garden['codes'][0]}", "on=2026-11-01"]
    if own == "gardens":
        values += ["sort=rose", "trees=12"]
    if own == "clubs" and "street" in kind.index:
        values += [f"street={STREET}"]
    outline = world.outline(kind, column)
    return values + ([f"geometry={outline.wkt}"] if outline is not None else [])


# -- coming in -----------------------------------------------------------------------------------


def added(world: World, kind: Kind) -> None:
    """A record is added by the verb, its code made for it; what it may have of points and areas is taken."""
    world.codes[kind.name]["hand"] = world.call("add", kind.name, *_values(world, kind, "甲", 1))["codes"][0]


def shaped(world: World, kind: Kind) -> None:
    """A kind takes the outlines that its shape says, those that the whole kind does."""
    for shape, types in (("point", "Point"), ("area", "Polygon")):
        if types in whole_of(kind).shape.types:
            outline = world.square(NEW.index(kind.name) + 1, 5 if shape == "area" else 6)
            outline = outline.centroid if shape == "point" else outline
            world.call("add", kind.name, f"name={kind.words.zh}{shape}", f"geometry={outline.wkt}")


def screened(world: World, kind: Kind) -> None:
    """No telephone number is taken, in no text and not as where a record comes from."""
    values = _values(world, kind, "乙", 2)
    for bad in (
        [v for v in values if not v.startswith("note")] + [f"note={PHONE}"],
        [*values, f"source={PHONE}"],
    ):
        said = world.call("add", kind.name, *bad, status=2) if kind.letter else ""
        assert PHONE not in said


def imported_by_template(world: World, kind: Kind) -> None:
    """The template of the kind, filled in, comes back as a record; a second time nothing is new."""
    from app.exchange.templates.columns import template_columns

    out = world.folder / f"{kind.name}.xlsx"
    world.call("template", kind.name, str(out), "--empty")
    book = openpyxl.load_workbook(out)
    sheet = book[book.sheetnames[0]]
    head = next(row for row in sheet.iter_rows(max_row=8) if "备注" in [cell.value for cell in row])
    values = dict(v.split("=", 1) for v in _values(world, kind, "丙", 3))
    outline = world.outline(kind, 3)
    if outline is not None and kind.shape.has_points:
        values |= {"lon": f"{outline.centroid.x:.6f}", "lat": f"{outline.centroid.y:.6f}"}
    fields = {column.heading: column.field for column in template_columns(_profile_read(), kind.name, "zh")}
    first = sheet.max_row + 1
    for cell in head:
        value = values.get(fields.get(str(cell.value), ""))
        if value is not None:
            sheet.cell(first, cell.column, value)
    book.save(out)
    done = world.call("import", str(out), "--as", kind.name)
    assert done["counts"]["create"] == 1, done["counts"]
    again = world.call("import", str(out), "--as", kind.name)
    assert again["counts"]["create"] == 0, again["counts"]
    assert again["counts"]["same"] == 1, again["counts"]


def recognised(world: World, kind: Kind) -> None:
    """A file whose columns are headed as people head them is understood."""
    if not kind.has_name:
        return
    own = whole_of(kind)
    name = own.headings.names.split() or [f"{kind.words.zh}名称"]
    code = own.headings.codes.split() or [f"{kind.words.zh}编号"]
    rows = [{name[0]: f"{kind.words.zh}丁", code[0]: f"{kind.table[:12]}-7", "备注": "x"}]
    done = world.call("import", _csv(world, kind, rows), "--as", kind.name)
    assert done["counts"]["create"] == 1, done["counts"]
    record = world.call("show", f"{kind.table[:12]}-7")
    assert record["record"]["name"] == f"{kind.words.zh}丁", record


def told_apart(world: World, kind: Kind) -> None:
    """Two of one name that differ in what narrows it are two; the same two again are the same."""
    if whole_of(kind).name != "gardens":
        return
    rows = [{"名称": f"{kind.words.zh}戊", "种类": sort, "社区": COMMUNITY} for sort in ("月季", "竹")]
    done = world.call("import", _csv(world, kind, rows), "--as", kind.name)
    assert done["counts"]["create"] == 2, done["counts"]
    again = world.call("import", _csv(world, kind, rows), "--as", kind.name)
    assert again["counts"]["same"] == 2, again["counts"]


def drawn(world: World, kind: Kind) -> None:
    """What is drawn on the map may become one of the kind, by its outline or by a point."""
    from ui.dialogs.edit.draw import CompoundDialog, StationDialog

    if whole_of(kind).shape is Shape.NONE:
        return
    outline = world.outline(kind, 8)
    if outline is None or not kind.is_in(Where.DRAWING):
        left_out(kind, Where.DRAWING)
    if outline.geom_type == "Point":
        dialog: Any = StationDialog(world.context, outline.x, outline.y, world.host)
    else:
        dialog = CompoundDialog(world.context, outline, world.host)
    dialog.open()
    place = dialog.what.findData(kind.name)
    if place < 0:
        left_out(kind, Where.DRAWING)
    dialog.what.setCurrentIndex(place)
    dialog.findChild(QLineEdit, f"{dialog.name}.name").setText(f"{kind.words.zh}己")
    codes: list[str] = []
    dialog.added.connect(codes.append)
    dialog.findChild(QPushButton, f"{dialog.name}.commit").click()
    world.until(lambda: bool(codes) or dialog.error.isVisible())
    assert codes, dialog.error.text()
    record = world.registry.dataset.find(codes[0])
    assert record is not None
    assert record.kind == kind.name
    assert record.geometry is not None


def attached_to(world: World, kind: Kind) -> None:
    """What a kind may have hangs on it: facts, scores, organisations, services, relations, counts."""
    code = world.codes[kind.name]["hand"]
    acts: dict[str, list[str]] = {
        "facts": ["set", code, "lit=yes"],
        "assessments": ["assess", code, "tidy", "a=1"],
        "attachments": ["attach", "O1", code],
        "engagements": ["attach", "F1", code],
        "links": ["attach", "D1", code, "--relation", "looks_after"],
        "relates": ["attach", code, "C1", "--relation", "uses"],
        "households": ["add", "households", f"subject={code}", "on=2026-11-01", "households=3"],
    }
    for what in whole_of(kind).may_have:
        world.call(*acts[what])


def offered(world: World, kind: Kind) -> None:
    """The window offers what may hang on it, and to take it out."""
    from ui.models.named import ATTACHABLE, REMOVABLE, SERVED

    may = whole_of(kind).may_have
    assert (kind.name in ATTACHABLE) is ("attachments" in may), "attachments"
    assert (kind.name in SERVED) is ("engagements" in may), "engagements"
    assert (kind.name in REMOVABLE) is kind.has_name


def once(world: World, kind: Kind) -> None:
    """A row that may hold only once at a time is refused a second time."""
    if whole_of(kind).is_once:
        garden = world.codes[kind.name]["garden 甲"]
        world.call("add", kind.name, f"garden={garden}", "on=2026-11-01", status=2)


def chained(world: World, kind: Kind) -> None:
    """A chain does not lead back to where it began."""
    if whole_of(kind).chain:
        code = world.codes[kind.name]["hand"]
        world.call("set", code, f"{whole_of(kind).chain}={code}", status=2)


def told_later(world: World, kind: Kind) -> None:
    """A row that tells of a day to come is not known yet."""
    if whole_of(kind).name == "visits":
        from app.services.bring_out.who_belongs import is_known_by

        garden = world.codes[kind.name]["garden 甲"]
        coming = (TODAY + timedelta(days=40)).isoformat()
        code = world.call("add", kind.name, f"garden={garden}", f"on={coming}")["codes"][0]
        with contextlib.closing(Registry.open(world.path, by="tester")) as registry:
            record = registry.dataset.find(code)
            assert record is not None
            assert not is_known_by(record, TODAY), "told of a day to come"


def leaves_along(world: World, kind: Kind) -> None:
    """A row about another leaves with it."""
    if whole_of(kind).name == "visits":
        garden = world.codes[kind.name]["garden 甲"]
        world.call("remove", garden, "--why", "试")
        with contextlib.closing(Registry.open(world.path, by="tester")) as registry:
            assert not registry.dataset.children(kind.name, "garden", garden)
        world.call("undo")


# -- being there ---------------------------------------------------------------------------------


def placed(world: World, kind: Kind) -> None:
    """A record lies where its outline does, or where what it is about does."""
    from app.coverage.record_places import units_of

    code = world.codes[kind.name]["hand"]
    answers = world.registry.engine.book.on(TODAY)
    assert units_of(answers, kind.name, [code], "street") == [STREET]
    if whole_of(kind).is_layer:
        derived = world.registry.engine.derived(code, TODAY)
        assert derived.grid == GRID, derived
        assert derived.lon is not None


def measured(world: World, kind: Kind) -> None:
    """A measure may be about the kind."""
    if whole_of(kind).subject:
        found = world.call("coverage", "--measure", f"m_{kind.table}", "--by", "grid")
        row = next(row for row in found["rows"] if row["unit"] == GRID)
        assert row["covered"] == 1, row


def counted(world: World, kind: Kind) -> None:
    """Totals count it, by its choices where it has some."""
    from app.coverage.totals.answer import Asked
    from app.coverage.totals.totals import totals

    if not kind.is_in(Where.TOTALS):
        left_out(kind, Where.TOTALS)
    found = totals(world.registry.engine, Asked(by="street", as_of=TODAY))
    row = next(row for row in found.rows if row.unit == STREET)
    assert world.codes[kind.name]["hand"] in row.records[kind.name].codes
    if whole_of(kind).counted_by:
        assert ("rose",) in row.records[kind.name].each, row.records[kind.name].each


def on_the_map(world: World, kind: Kind) -> None:
    """The map shows it, paints it, and knows it under the pointer."""
    if not whole_of(kind).is_layer:
        return
    code = world.codes[kind.name]["hand"]
    if not kind.is_in(Where.MAP) or world.scene.find(code) is None:
        left_out(kind, Where.MAP)
    from ui.map import picking
    from ui.map.paint import GroundPainter
    from ui.map.style import MapStyle
    from ui.map.view import View

    view = View(width=400, height=400).fitted(world.scene.bounds_of([code]))
    style = MapStyle(scene=world.scene)
    spot = picking.position_of(style, view, code)
    assert spot is not None
    assert picking.feature_at(style, view, spot.x(), spot.y()) == code
    pictures = []
    for hidden in (frozenset[str](), frozenset({kind.name})):
        image = QImage(400, 400, QImage.Format.Format_RGB32)
        painted = MapStyle(scene=world.scene, hidden=hidden)
        GroundPainter(world.scene).paint(image, view.left, view.top, view.mpp, painted)
        pictures.append(QColor(image.pixel(spot)).name())
    assert pictures[0] != pictures[1], f"nothing is painted at {spot}"
    assert code in picking.in_rectangle(style, world.scene.bounds_of([code]))


def among_layers(world: World, kind: Kind) -> None:
    """The panel of layers has a row for it, by its own words, with its number, to switch off."""
    if not whole_of(kind).is_layer:
        return
    tree = world.layers.tree
    rows = {tree.topLevelItem(n).text(0): tree.topLevelItem(n) for n in range(tree.topLevelItemCount())}
    if kind.words.zh not in rows:
        left_out(kind, Where.LAYERS)


def in_the_tree(world: World, kind: Kind) -> None:
    """The tree of places has it below its grid."""
    if not whole_of(kind).is_layer:
        return
    index = world.places.model.index_of(world.codes[kind.name]["hand"])
    if not index.isValid():
        left_out(kind, Where.TREE)
    from ui.widgets.coverage_cell import CODE_ROLE

    assert index.parent().data(CODE_ROLE) == GRID


def searched(world: World, kind: Kind) -> None:
    """The search box finds it by its name."""
    if not kind.has_name:
        return
    code = world.codes[kind.name]["hand"]
    if code not in [hit.code for hit in world.search.find(f"{kind.words.zh}甲")]:
        left_out(kind, Where.SEARCH)


def inspected(world: World, kind: Kind) -> None:
    """The inspector shows it."""
    from ui.panels.inspector.inspector import InspectorPanel

    if not hasattr(world, "inspector"):
        world.inspector = InspectorPanel(world.context, world.host)  # type: ignore[attr-defined]
    code = world.codes[kind.name]["hand"]
    world.context.select([code], "test")
    world.until(lambda: not world._tasks.is_busy)
    record = world.registry.dataset.find(code)
    assert record is not None
    said = [label.text() for label in world.inspector.findChildren(QWidget) if hasattr(label, "text")]  # type: ignore[attr-defined]
    assert any(record.text("name") in text for text in map(str, said) if kind.has_name) or not kind.has_name


# -- leaving -------------------------------------------------------------------------------------


def left_for_everyone(world: World, kind: Kind) -> None:
    """Every format holds it for those who may have it, and nothing else for the public than what is said to be theirs."""
    own = whole_of(kind)
    for (form, audience), (report, _) in world.left.items():
        if form == "csv":
            continue  # figures alone
        fields = {
            field.partition(".")[2] for field in report.fields_left if field.partition(".")[0] == kind.table
        }
        where = Where(form)
        if own.is_in(where) and (audience != "public" or "name" in _public(own)):
            if not fields:
                left_out(kind, where)
            if own.has_name:
                assert "name" in fields, (form, audience, fields)
        if form == "png":
            continue  # what a picture shows is told as its names
        if audience == "public":
            assert fields <= _public(own) | _WORKED_OUT, (form, fields)
        elif own.is_in(where):
            assert "note" in fields, (form, audience, fields)


_WORKED_OUT: Final = frozenset({"code", "district", "street", "community", "grid", "area_m2", "lon", "lat"})


def _public(kind: Kind) -> set[str]:
    return {field.name for field in kind.fields if field.least is Audience.PUBLIC}


def kept_from_the_public(world: World, kind: Kind) -> None:
    """What nobody said to be the public's stands in no public file."""
    for (form, audience), (_, path) in world.left.items():
        if audience == "public" and form in ("html", "geojson", "csv"):
            said = path.read_text("utf-8")
            assert SECRET not in (said + str(data_in(said)) if form == "html" else said), form


def goes_with_its_unit(world: World, kind: Kind) -> None:
    """An export of one grid holds what lies in it, and what is about that."""
    if whole_of(kind).name == "clubs":
        return
    assert world.of_the_grid.counts.get(kind.table, 0) > 0, "not in the workbook of its grid"


# -- going ---------------------------------------------------------------------------------------


def undone_and_removed(world: World, kind: Kind) -> None:
    """A change is taken back; a record is taken out, brought back, and stands as it was."""
    code = world.codes[kind.name]["hand"]
    before = world.call("show", code)
    world.call("set", code, "note=改过")
    world.call("undo")
    assert world.call("show", code)["record"] == before["record"]
    world.call("remove", code, "--why", "试")
    world.call("show", code, status=2)
    world.call("undo")
    assert world.call("show", code)["record"] == before["record"]


def whole_at_the_end(world: World, kind: Kind) -> None:
    """The file is sound, a check has nothing to choke on, and every row is listed."""
    world.call("verify")
    world.call("check")
    listed = world.call("list", kind.name)["records"]
    assert world.codes[kind.name]["hand"] in [row["code"] for row in listed], listed[:1]


STEPS: Final = (
    added, shaped, screened, imported_by_template, recognised, told_apart, attached_to, once, chained, told_later, leaves_along,
    placed, measured, counted, on_the_map, among_layers, in_the_tree, searched, left_for_everyone, kept_from_the_public,
    goes_with_its_unit, offered, drawn, inspected, undone_and_removed, whole_at_the_end,
)  # fmt: skip


def _csv(world: World, kind: Kind, rows: list[dict[str, str]]) -> str:
    path = world.folder / f"{kind.name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def _profile_read() -> Any:
    return profile_from_text(_profile())


def _profile() -> str:
    """Return a city's profile with facts, schemes, relations and measures of the new kinds."""
    text = load_profile("yaohai").text

    def those(what: str, end: str) -> str:
        return json.dumps([name for name in KINDS[what].by_name[end].to if name in NEW])

    parts = [
        text,
        '[choices.garden_sort]\nrose = { zh = "月季", en = "roses" }\nbamboo = { zh = "竹", en = "bamboo" }',
        f'[[facts]]\nkey = "lit"\nof = {those("facts", "subject")}\ntype = "answer"\nwords = {{ zh = "有灯", en = "Lit" }}',
        f'[[schemes]]\nid = "tidy"\nversion = 1\nof = {those("assessments", "subject")}\nwords = {{ zh = "整洁", en = "Tidy" }}',
        '[[schemes.items]]\nid = "a"\nwords = { zh = "整洁", en = "tidy" }',
        f'[[relations]]\nid = "looks_after"\nof = ["departments"]\nto = {those("links", "to")}\nwords = {{ zh = "看护", en = "Looks after" }}',
        f'[[relations]]\nid = "uses"\nof = {those("links", "subject")}\nto = ["compounds"]\nwords = {{ zh = "使用", en = "Uses" }}',
    ]
    parts += [
        f'[[measures]]\nid = "m_{kind.table}"\nsubject = "{kind.subject}"\nwords = {{ zh = "有灯", en = "Lit" }}\n'
        f'base = {{ zh = "花园", en = "gardens" }}\ndefinition = {{ zh = "有灯", en = "lit" }}\ncovered = "fact:lit"'
        for kind in KINDS.values()
        if kind.name in NEW and kind.subject and "facts" in kind.may_have
    ]
    return "\n\n".join(parts)
