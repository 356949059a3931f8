"""What a paper says is what the engine says, cut to its readers."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from app.coverage.change.rows import coverage_apart
from app.coverage.change.said import sentence
from app.coverage.results import Query
from app.domain.leaving.figures import FigureRow
from app.domain.leaving.format import Format
from app.domain.leaving.paper import look_of, low_first
from app.domain.looks import palette
from app.domain.period import today
from app.jobs import Ticket
from app.services.bring_out.export_data import ExportRequest, Grounds
from app.services.check.check import check
from app.services.registry.registry import Registry
from app.text import Text

DAY, HALF = date(2026, 11, 30), date(2026, 6, 30)


@pytest.fixture(scope="module")
def registry(yaohai_sample):
    with_it = Registry.open(yaohai_sample)
    yield with_it
    with_it.close()


def papers(registry, measure="party", by="street", audience="street", unit=None, has_findings=False, **more):
    paper = Format(
        name="paper", words=Text("", ""), ending=".paper", layers=("street",), write=lambda *_: None,
        fields_in=lambda *_: set(), is_paper=True, has_findings=has_findings, takes_several=True,
    )  # fmt: skip
    request = ExportRequest(measure=measure, by=by, audience=audience, **{"as_of": DAY, **more})
    return Grounds(registry, request, [paper], Ticket()).leaving(unit, paper, Ticket()).papers


def counts(row):
    return row.covered, row.uncovered, row.unknown


def test_that_figures_parts_and_change_are_the_engines_and_add_up(registry):
    (paper,) = papers(registry)
    found = coverage_apart(
        registry.engine, Query(measure="party", by="street", as_of=DAY, against=HALF)
    )  # the half year that ended before
    grids = registry.engine.coverage(Query(measure="party", by="grid", as_of=DAY))
    of_grid = {row.unit: counts(row.figures) for row in grids.rows}
    assert (paper.against, counts(paper.total)) == (HALF, (387, 109, 64))
    assert (paper.headline, paper.fraction(paper.total), paper.span(paper.total)) == (
        "78.0%", "387/496", "69.1–80.5%",
    )  # fmt: skip
    assert paper.change.sentence == sentence(found.total, found.total.parts)
    assert (
        [(part.part, part.uncovered, part.subjects) for part in paper.change.parts]
        == [(part.part, part.uncovered, len(part.codes)) for part in found.total.parts]
        != []
    )
    for unit, row in zip(paper.units, found.rows, strict=True):
        assert (unit.row.code, counts(unit.row)) == (row.unit, counts(row.figures))
        assert counts(unit.change.before) == counts(row.before)
        assert unit.change.sentence == sentence(row, row.parts)
        assert all(counts(part) == of_grid[part.code] for part in unit.below)
        whole = [sum(numbers) for numbers in zip(*map(counts, (*unit.below, unit.below_rest)), strict=True)]
        assert tuple(whole) == counts(unit.row)
    assert sum(len(unit.below) for unit in paper.units) == len(grids.rows)


def test_that_things_to_do_name_whom_the_figure_lacks(registry):
    (paper,) = papers(registry)
    status = registry.engine.status_of("party", DAY)
    placed = registry.engine.derived_many("compounds", DAY)
    for unit in paper.units:
        assert 1 <= len(unit.todo) <= 3
        for todo in unit.todo:
            wanted = {"cover": "uncovered", "survey": "unknown", "nothing": ""}[todo.what]
            assert {status[code][0] for code in todo.codes} <= {wanted}
            assert {placed[code].street for code in todo.codes} <= {unit.row.code}
            assert all(name in todo.text.zh for name in todo.names[:4])
    full = next(unit for unit in paper.units if unit.row.code == "340102008")  # 48 of 48
    assert [todo.what for todo in full.todo] == ["nothing"]


def test_that_the_public_gets_no_work_list_and_no_change_of_what_it_may_not_have_one_by_one(registry):
    (of_party,) = papers(registry, audience="public", has_findings=True)
    (of_safety,) = papers(
        registry, "not_three_no", audience="public", has_findings=True, as_of=today()
    )  # there is no other day of it for them
    assert of_party.change is not None
    assert of_party.statuses
    for paper in (of_party, of_safety):
        assert paper.findings == ()
        assert paper.todo == ()
        assert [unit.todo for unit in paper.units] == [()] * len(paper.units)
    assert (of_safety.change, of_safety.against, dict(of_safety.statuses)) == (None, None, {})
    assert {unit.change for unit in of_safety.units} == {None}
    assert {unit.below for unit in of_safety.units} == {()}  # grids are not the public's
    hidden = [unit.row for unit in of_safety.units if unit.row.is_hidden]
    assert hidden
    assert {of_safety.fraction(row) + of_safety.span(row) for row in hidden} == {""}
    assert {look_of(row).colour for row in hidden} == {palette.page()["no_data"]}


def test_that_a_paper_of_one_unit_holds_what_lies_in_it(registry):
    (paper,) = papers(registry, by="community", unit="340102011", has_findings=True)
    (of_all,) = papers(registry)
    street = next(unit for unit in of_all.units if unit.row.code == "340102011")
    assert (paper.place, counts(paper.total)) == ("长淮街道", counts(street.row))
    assert paper.change.sentence == street.change.sentence
    assert {unit.row.code[:9] for unit in paper.units} == {"340102011"}
    assert paper.findings
    everything = check(registry.dataset, registry.profile, registry.engine, registry.zone, DAY)
    assert {finding.codes for finding in paper.findings} < {finding.codes for finding in everything}
    assert {finding.unit for finding in paper.findings} <= {unit.row.code for unit in paper.units} | {""}


def test_that_further_questions_have_papers_of_their_own_and_days_compare_with_the_one_before(registry):
    first, second, third, fourth = papers(registry, measures=("property",), days=(date(2026, 1, 1),))
    assert [(paper.measure, paper.as_of) for paper in (first, second, third, fourth)] == [
        ("party", DAY), ("party", date(2026, 1, 1)), ("property", DAY), ("property", date(2026, 1, 1)),
    ]  # fmt: skip
    assert (first.against, second.against) == (date(2026, 1, 1), date(2025, 12, 31))
    assert (first.headline, second.headline, third.headline) == ("78.0%", "92.6%", "71.4%")


def test_that_outlines_are_simplified_together_and_keep_their_neighbours(registry):
    (paper,) = papers(registry)
    assert [shape.code for shape in paper.shapes] == [unit.row.code for unit in paper.units]
    outlines = [shape.outline for shape in paper.shapes]
    assert shapely.get_num_coordinates(outlines).sum() < 2_000
    assert shapely.coverage_is_valid(outlines)


def a_row(code, covered, uncovered, unknown):
    return FigureRow(code=code, name=code, covered=covered, uncovered=uncovered, unknown=unknown)


def test_that_rows_go_from_low_to_high_with_unknown_first_and_nothing_last():
    rows = [
        a_row("a", 0, 0, 0),
        a_row("b", 1, 0, 0),
        a_row("c", 0, 2, 0),
        a_row("d", 0, 3, 0),
        a_row("e", 0, 0, 1),
    ]
    assert [row.code for row in low_first(rows)] == ["e", "d", "c", "b", "a"]


def test_that_a_unit_looks_as_its_rate_is_known():
    colours = palette.page()
    assert look_of(a_row("a", 3, 1, 0)).colour == colours["seq"][2]
    assert not look_of(a_row("a", 3, 1, 0)).is_hatched
    assert look_of(a_row("a", 2, 1, 1)).is_hatched  # a quarter is unknown
    assert (look_of(a_row("a", 0, 0, 2)).colour, look_of(a_row("a", 0, 0, 2)).is_hatched) == (
        colours["paper"],
        True,
    )
    assert (look_of(a_row("a", 0, 0, 0)).colour, look_of(a_row("a", 0, 0, 0)).is_hatched) == (
        colours["no_data"],
        False,
    )
