"""What the user says of the columns is final: a field, nothing at all, one value, only some rows."""

from __future__ import annotations

from itertools import product

import pytest

from app.domain.kinds import OFFERED_KINDS
from app.errors import InvalidInput
from app.exchange.headings import fields_of
from app.exchange.mapping.labels import labels_of, place_of
from app.exchange.mapping.meaning import map_columns
from app.exchange.picture import Sheet
from app.exchange.planning.planning import build_plan
from app.exchange.reader import Source
from app.exchange.request import ImportRequest
from app.services.profile.profiles import load_profile
from tests.app.bring_in.tables import TODAY
from tests.app.builders import a_small_registry


@pytest.fixture(scope="module")
def profile():
    return load_profile("yaohai")


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = a_small_registry(tmp_path_factory.mktemp("choice"))
    yield registry
    registry.close()


def a_source(tmp_path, names, *rows):
    return Source(
        path=tmp_path / "roster.csv",
        format="csv",
        layer=None,
        columns=None,
        rows=(),
        sheets=(Sheet(None, [list(names), *map(list, rows)]),),
        has_outlines=False,
        crs=None,
        encoding="utf-8",
        notes=(),
    )


def planned(registry, source, kind="compounds", **said):
    request = ImportRequest(source=source.path, kind=kind, **said)
    return build_plan(registry.dataset, registry.profile, source, request, today=TODAY)


def values(plan, field):
    return [{c.field: c.after for c in row.cells}.get(field) for row in plan.rows if row.action == "create"]


@pytest.mark.parametrize("kind", OFFERED_KINDS)
def test_that_every_column_becomes_every_field_and_stays_it(profile, tmp_path, kind):
    source = a_source(tmp_path, ("名称", "类型", "户数", "户数"), ("甲", "老旧", 1, 2), ("乙", "无", 3, 4))
    labels = ("名称", "类型", "户数", "户数#2")
    fields = [f for f in fields_of(kind, profile) if f != "code" or OFFERED_KINDS[kind].coded]
    for label, field in product(labels, fields):
        said = ImportRequest(source=source.path, kind=kind, mapping={field: label})
        found = {meaning.column: meaning for meaning in map_columns(source, profile, said, TODAY).meanings}
        assert (found[label].field, found[label].by) == (field, "user")
    for label in labels:
        said = ImportRequest(source=source.path, kind=kind, leave=(label,))
        columns = map_columns(source, profile, said, TODAY)
        assert label not in [meaning.column for meaning in columns.meanings]
        assert (label, "unmapped") in [(left.column, left.why) for left in columns.left]


def test_that_no_two_columns_are_called_alike():
    assert labels_of(("户数", "户数", "", "户数#2", "户数")) == ("户数", "户数#2#", "#3", "户数#2", "户数#3")
    assert place_of(("户数（户）", "户数#2"), "户数") == 0
    assert place_of(("户数", "户数#2"), "户数＃2") == 1


def test_that_one_value_holds_where_no_cell_says_otherwise(registry, tmp_path):
    source = a_source(tmp_path, ("站点名称", "类型"), ("甲站", ""), ("乙站", "物业服务中心"), ("丙站", None))
    made = planned(registry, source, "stations", constants={"kind": "网格驿站", "source": "街道报送"})
    assert values(made, "kind")[0] == values(made, "kind")[2] == "grid_post"
    assert values(made, "kind")[1] != "grid_post"
    assert values(made, "source") == ["街道报送"] * 3


def test_that_a_wrong_value_for_all_rows_refuses_once(registry, tmp_path):
    source = a_source(tmp_path, ("站点名称",), *((f"{n}站",) for n in range(50)))
    with pytest.raises(InvalidInput) as caught:
        planned(registry, source, "stations", constants={"kind": "飞机场"})
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].row is None
    with pytest.raises(InvalidInput):
        planned(registry, source, "stations", constants={"code": "S1"})


def test_that_only_the_rows_that_are_asked_for_come_in_and_the_others_are_said(registry, tmp_path):
    source = a_source(
        tmp_path,
        ("小区名称", "landuse", "户数"),
        ("甲", "residential", 1),
        ("乙", "forest", 2),
        ("丙", " Residential", 3),
        ("丁", None, 4),
        ("戊", "dorm", 5),
    )
    made = planned(registry, source, only=(("landuse", "residential"),))
    assert [row.action for row in made.rows] == ["create", "skip", "create", "skip", "skip"]
    assert "forest" in made.rows[1].problems[0].message.zh
    assert made.problems == ()
    assert made.refusal() is None
    both = planned(registry, source, only=(("landuse", "residential"), ("landuse", "dorm"), ("户数", "5")))
    assert [row.number for row in both.rows if row.action == "create"] == [5]
    none = planned(registry, source, only=(("landuse", "water"),))
    assert none.counts["skip"] == 5


@pytest.mark.parametrize(
    "said",
    [
        {"leave": ("没有",)},
        {"only": (("没有", "x"),)},
        {"constants": {"height": "3"}},
        {"mapping": {"name": "小区名称"}, "leave": ("小区名称",)},
    ],
)
def test_that_a_wrong_word_names_what_there_is(registry, tmp_path, said):
    source = a_source(tmp_path, ("小区名称", "x"), ("甲", "1"))
    with pytest.raises(InvalidInput) as caught:
        planned(registry, source, **said)
    assert "小区名称" in caught.value.message.zh or "households" in caught.value.message.zh
