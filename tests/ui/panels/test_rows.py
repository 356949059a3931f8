"""Every row of a model is a row that is seen, and the rows add up, whatever was asked before."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QTableView

from app.coverage.results import Coverage, Figures, Query, Row
from app.domain.record import make_record
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from tests.ui.robots.find import the
from tests.ui.robots.panel_context import opened_context
from ui import theme
from ui.bridge.question import Figured
from ui.panels.coverage.coverage import CoveragePanel
from ui.panels.coverage.gaps import GapsPanel
from ui.panels.coverage.model import COUNTS, Column
from ui.widgets.coverage_cell import CODE_ROLE

UI = Path(__file__).resolve().parents[3] / "ui"
DAY = date(2026, 11, 30)
ROWS = (0, 1, 2, 13, 596)


def seen(view):
    """Return the rows of a view that a user can scroll to."""
    return [n for n in range(view.model().rowCount()) if not view.isRowHidden(n) and view.rowHeight(n) > 0]


def number(view, row, column):
    return float(str(view.model().index(row, column).data()).replace(",", ""))


class Sums(NamedTuple):
    """What the user reads in the three tables of the panel."""

    units: list[str]
    rows: dict[Column, float]
    unplaced: dict[Column, float]
    total: dict[Column, float]


def read(panel):
    table, *footers = (
        the(QTableView, f"coverage.{name}", inside=panel) for name in ("table", "unplaced", "total")
    )
    shown = seen(table)
    assert shown == list(range(table.model().rowCount())), "a row of the model is not seen"
    assert [seen(footer) for footer in footers] == [[0], [0]]
    unplaced, total = ({column: number(footer, 0, column) for column in COUNTS} for footer in footers)
    return Sums(
        [str(table.model().index(row, 0).data(CODE_ROLE)) for row in shown],
        {column: sum(number(table, row, column) for row in shown) for column in COUNTS},
        unplaced,
        total,
    )


def assert_adds_up(panel, units):
    sums = read(panel)
    assert sorted(sums.units) == sorted(units)
    slack = 0.005 * (len(units) + 2)  # shares are printed with two decimals
    for column in COUNTS:
        assert sums.rows[column] + sums.unplaced[column] == pytest.approx(sums.total[column], abs=slack), (
            column
        )


# any sequence of questions: what the engine would answer is made up, of every size


@st.composite
def coverages(draw):
    """Return a coverage with one of the sizes, whole or in shares, on one day or two."""
    many = draw(st.sampled_from(ROWS))
    share = draw(st.sampled_from((1, 0.25)))
    seed = draw(st.integers(0, 99))
    figures = [
        Figures(covered=(n * seed) % 7 * share, uncovered=n % 5 * share, unknown=(n + seed) % 3 * share)
        for n in range(many + 1)
    ]
    against = draw(st.sampled_from((None, date(2025, 11, 30))))
    rows = [
        Row(unit=f"{n:04d}", name=f"单元{n}", figures=f, before=f if against else None)
        for n, f in enumerate(figures)
    ]
    *units, unplaced = rows
    total = Figures(
        covered=sum(f.covered for f in figures),
        uncovered=sum(f.uncovered for f in figures),
        unknown=sum(f.unknown for f in figures),
    )
    by = draw(st.sampled_from(("district", "street", "community", "grid")))
    return Coverage(
        query=Query(measure="party", by=by, as_of=DAY, against=against),
        weight="compounds",
        subject="compound",
        profile="yaohai@3",
        crs="EPSG:4548",
        rule=None,
        base_unknown=0,
        rows=tuple(units),
        unplaced=unplaced,
        unplaced_codes=(),
        total=Row(unit="", name="", figures=total, before=total if against else None),
    )


STEPS = st.lists(
    st.one_of(
        coverages(),
        st.tuples(st.just("sort"), st.sampled_from(list(Column)), st.sampled_from(list(Qt.SortOrder))),
        st.tuples(st.just("theme"), st.sampled_from(("light", "dark"))),
        st.tuples(st.just("width"), st.sampled_from((420, 900, 1300))),
        st.tuples(st.just("target"), st.sampled_from((0.0, 85.0, 100.0))),
        st.tuples(st.just("lang"), st.sampled_from(("zh", "en"))),
        st.tuples(st.just("nothing")),
    ),
    min_size=1,
    max_size=6,
)


def panels(context):
    """Return both panels as a window has them, shown."""
    made = CoveragePanel(context), GapsPanel(context)
    for panel in made:
        panel.resize(900, 330)
        panel.show()
    return made


def take(context, shown, step):
    """Do one step; return the panels that are there afterwards."""
    coverage, gaps = shown
    match step:
        case Coverage():
            question = replace(context.question, by=step.query.by, against=step.query.against)
            context.question = question
            context.figured = Figured(question, context.as_of, {step.query.by: step})
            context.figures_changed.emit()
        case ("sort", column, order):
            coverage.table.sortByColumn(column, order)
        case ("theme", name):
            theme.apply(QApplication.instance(), name)
        case ("width", width):
            coverage.resize(width, 330)
            gaps.resize(width, 330)
        case ("target", target):
            gaps.target.setValue(target)
        case ("lang", lang):
            context.lang = lang
            for panel in shown:
                panel.close()
                panel.deleteLater()
            return panels(context)
        case ("nothing",):
            context.figured = Figured(context.question, context.as_of)
            context.figures_changed.emit()
    return shown


@pytest.fixture(scope="module")
def asked(qapp, tmp_path_factory):
    """Return a context that no engine answers: the test does."""
    from ui.bridge.context import WindowContext
    from ui.bridge.settings_store import SettingsStore
    from ui.bridge.tasks import TaskRunner

    tasks = TaskRunner()
    yield WindowContext(tasks, SettingsStore(tmp_path_factory.mktemp("rows") / "settings.ini"))
    tasks.shut_down()


@settings(max_examples=12, deadline=None)
@given(steps=STEPS)
def test_that_after_any_sequence_every_unit_is_a_row_and_the_rows_add_up(asked, steps):
    theme_before = theme.current().name
    shown = panels(asked)
    try:
        for step in steps:
            shown = take(asked, shown, step)
            coverage, gaps = shown
            answer = asked.figured.coverages.get(asked.question.by)
            if answer is None:
                assert coverage.table.model().rowCount() == gaps.table.model().rowCount() == 0
                continue
            assert_adds_up(coverage, [row.unit for row in answer.rows])
            assert seen(gaps.table) == list(range(gaps.table.model().rowCount()))
            assert len(seen(gaps.table)) == sum(1 for row in answer.rows if row.figures.total)
    finally:
        for panel in shown:
            panel.close()
            panel.deleteLater()
        theme.apply(QApplication.instance(), theme_before)
        asked.lang = "zh"


# the engine's own answers


def settled(qtbot, context, panel, **question):
    context.ask(**question)
    qtbot.waitUntil(
        lambda: (
            context.figured.question == context.question
            and context.question.by in context.figured.coverages
            and not context.tasks.is_busy
        ),
        timeout=30_000,
    )
    return panel.coverage


def test_that_no_street_of_the_sample_is_lost_on_the_way_through_the_levels(
    qtbot, yaohai_sample, settings_file
):
    for context in opened_context(yaohai_sample, settings_file):
        context.set_as_of(DAY)
        panel = CoveragePanel(context)
        qtbot.addWidget(panel)
        panel.resize(1000, 330)
        panel.show()
        for by in ("district", "street", "district", "community", "grid", "street"):
            coverage = settled(qtbot, context, panel, by=by)
            assert_adds_up(panel, [row.unit for row in coverage.rows])
        sums = read(panel)
        assert len(sums.units) == 13
        assert (sums.rows[Column.TOTAL], sums.unplaced[Column.TOTAL]) == (557, 3)
        for question in (
            {"measure": "property", "weight": "households", "count": "split"},
            {"kind": "old"},
            {"against": date(2025, 11, 30), "by": "grid"},
        ):
            coverage = settled(qtbot, context, panel, **question)
            assert_adds_up(panel, [row.unit for row in coverage.rows])


def test_that_two_districts_without_lower_units_are_two_rows(qtbot, tmp_path, settings_file):
    west, south = 120.1, 30.1
    found = [
        make_record(
            "districts",
            f"i{n}",
            f"33010{n}",
            name=f"{n}区",
            geometry=shapely.box(west + n, south, west + n + 1, south + 1),
        )
        for n in (5, 8)
    ]
    found += [
        make_record(
            "compounds",
            f"c{n}",
            f"C{n + 1:06d}",
            kind="old",
            name=f"小区{n}",
            geometry=shapely.box(west + 5.1 + n / 80, south + 0.2, west + 5.105 + n / 80, south + 0.205),
        )
        for n in range(150)
    ]
    path = tmp_path / "two.gpkg"
    create_registry(path, load_profile("yaohai"), name="两区", records=found).close()
    for context in opened_context(path, settings_file):
        panel = CoveragePanel(context)
        qtbot.addWidget(panel)
        panel.show()
        for by in ("grid", "district", "street", "district"):
            settled(qtbot, context, panel, by=by)
        assert_adds_up(panel, ["330105", "330108"])
        assert read(panel).total[Column.TOTAL] == 150


def test_that_no_view_hides_rows_by_where_they_stand():
    hiding = re.compile(r"\b(setRowHidden|hideRow|setRowHeight|setSectionHidden|hideSection)\b")
    found = [
        f"{path.relative_to(UI)}: {line.strip()}"
        for path in UI.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if hiding.search(line)
    ]
    assert not found, "leave what is not to be seen out of the model: " + "; ".join(found)
