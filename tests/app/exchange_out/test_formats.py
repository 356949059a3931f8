"""A format is one object: whoever offers formats asks the list, and nothing is written that nobody reads back."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.audience import Audience
from app.domain.kinds import OFFERED_KINDS
from app.domain.leaving.format import Format
from app.errors import InvalidInput
from app.exchange.formats.audience import columns_of
from app.services.bring_out.export_data import ExportRequest, export
from app.services.bring_out.formats import WRITTEN
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry
from app.text import Text
from tests.ui.robots.small import write_small
from ui.map.export import FORMATS

WRITTEN_NAMES = ["html", "pdf", "xlsx", "csv", "gpkg", "geojson.zip", "geojson", "shp.zip", "parquet", "kml"]
ATLAS = {
    "name": "svg",
    "words": Text("图册（PDF）", "Atlas (PDF)"),
    "ending": ".svg",
    "layers": ("street", "compound"),
    "write": lambda path, leaving, _ticket: path.write_text(json.dumps(sorted(leaving.layers)), "utf-8"),
    "fields_in": lambda path, _leaving: {f"{name}.code" for name in json.loads(path.read_text("utf-8"))},
}


@pytest.fixture
def registry(tmp_path):
    """A small registry, open."""
    with closing(Registry.open(write_small(tmp_path / "small.gpkg"))) as opened:
        yield opened


@pytest.fixture
def atlas():
    """The list of formats with one more."""
    return FORMATS.with_(Format(**ATLAS))


@pytest.mark.parametrize("forgotten", ["fields_in", "write", "layers", "words", "ending", "name"])
def test_that_a_format_of_which_something_is_not_said_is_none(forgotten):
    with pytest.raises(TypeError, match=forgotten):
        Format(**{name: value for name, value in ATLAS.items() if name != forgotten})


def test_that_two_formats_share_neither_name_nor_ending(atlas):
    with pytest.raises(ValueError, match="svg"):
        atlas.with_(Format(**ATLAS))
    with pytest.raises(ValueError, match=r"\.svg"):
        atlas.with_(Format(**{**ATLAS, "name": "atlas"}))


def test_that_written_and_painted_formats_stand_in_one_list_in_the_order_of_the_dialog():
    assert [each.name for each in FORMATS] == [*WRITTEN_NAMES, "png"]
    assert [each.name for each in WRITTEN] == WRITTEN_NAMES


def test_that_a_format_more_is_written_read_back_and_counted(registry, atlas, tmp_path):
    report = export(registry, tmp_path / "a.svg", ExportRequest(), formats=atlas)
    assert report.fields_left == ("compound.code", "street.code")
    assert set(report.counts) == {"street", "compound"}
    assert json.loads((tmp_path / "a.svg").read_text("utf-8")) == ["compound", "street"]


def test_that_a_format_whose_reader_finds_what_may_not_leave_leaves_nothing(registry, tmp_path):
    leaky = Format(**{**ATLAS, "fields_in": lambda _path, _leaving: {"compound.phone"}})
    with pytest.raises(RuntimeError, match=r"compound\.phone"):
        export(registry, tmp_path / "a.svg", ExportRequest(), formats=FORMATS.with_(leaky))
    assert not (tmp_path / "a.svg").exists()


def test_that_refusals_name_every_ending_of_the_list(atlas):
    for path in (Path("map.bmp"), Path("map")):
        with pytest.raises(InvalidInput) as refused:
            atlas.of(path)
        for each in atlas:
            assert each.ending in refused.value.message.zh
            assert each.ending in refused.value.message.en
    assert atlas.of(Path("A.SVG")).name == "svg"
    assert atlas.of(Path("a.out"), "svg").name == "svg"


def test_that_a_file_takes_the_ending_of_another_format(atlas):
    assert atlas.renamed("/a/b.html", "svg") == "/a/b.svg"
    assert atlas.renamed("/a/b", "xlsx") == "/a/b.xlsx"
    assert atlas.renamed("/a/b.txt", "xlsx") == "/a/b.xlsx"


@pytest.mark.parametrize("name", [name for name, kind in OFFERED_KINDS.items() if kind.fields])
def test_that_every_field_of_a_kind_has_a_column_for_some_reader(name):
    kind = OFFERED_KINDS[name]
    columns = {
        column.name: column for column in columns_of(kind.table, Audience.INTERNAL, load_profile("yaohai"))
    }
    assert {field.name for field in kind.fields} - set(columns) == set()
    public = {column.name for column in columns_of(kind.table, Audience.PUBLIC, load_profile("yaohai"))}
    assert {field.name for field in kind.fields if field.least is not Audience.PUBLIC} & public == set()
