"""Every figure is the same wherever it stands: JSON of the coverage, screen, page with and without script, workbook, table, PDF."""

from __future__ import annotations

import csv
import json
import re
from contextlib import closing
from dataclasses import replace
from datetime import date
from html import unescape

import pypdf
import pytest
from python_calamine import CalamineWorkbook

from app.coverage.measures import measure_names
from app.coverage.results import Query
from app.domain.looks import wording
from app.exchange.formats.html_data import data_in
from app.jobs import Ticket
from app.services.bring_out.export_data import ExportRequest, Grounds
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry
from ui.map.export import FORMATS
from ui.panels.coverage.model import Column, CoverageTableModel

DAY = date(2026, 11, 30)
COUNTS = ("covered", "uncovered", "unknown", "total")
FIGURES = (*COUNTS, "rate", "low", "high")
OF = {
    each.name: replace(each, layers=()) for each in FORMATS
}  # figures alone: what else is in a file is tested elsewhere
ON_PAPER = (
    "party",
    "not_three_no",
    "platform",
)  # an atlas takes a second, and asks the paper that the page asks
PROFILES = ("yaohai", "jinjiang", "quzhou")


@pytest.fixture(scope="module", params=PROFILES)
def registry(request, made_sample):
    """Return a sample, open."""
    with closing(Registry.open(made_sample(request.param, 1))) as opened:
        yield opened


def written(registry, measure, names, folder):
    """Return a file of each format by name, of figures alone; what a page says beside them needs no paper."""
    formats = [replace(OF[name], is_paper=name == "pdf") for name in names]
    grounds = Grounds(registry, ExportRequest(measure=measure, as_of=DAY), formats, Ticket())
    found = {}
    for format_ in formats:
        found[format_.name] = folder / f"{measure.replace(':', '-')}.{format_.name}"
        format_.write(found[format_.name], grounds.leaving(None, format_, Ticket()), Ticket())
    return found


def rows_of(coverage):
    """Return the figures of the document by unit; "" is the total."""
    document = json.loads(json.dumps(coverage.as_json("zh")))
    return {**{row["unit"]: row for row in document["rows"]}, "": document["total"]}


def same(left, right):
    if left is None or right is None or left == "" or right == "":
        return left in (None, "") and right in (None, "")
    return float(left) == pytest.approx(float(right), rel=1e-12, abs=1e-12)


def check_page(path, rows, coverage):
    text = path.read_text("utf-8")
    level = data_in(text)["levels"]["street"]
    for at, unit in enumerate(level["rows"]["code"]):
        for name in FIGURES:
            assert same(level["rows"][name][at], rows[unit][name]), (unit, name)
    assert all(
        same(cell, rows[""][name]) for cell, name in zip(level["total"]["cells"], FIGURES, strict=True)
    )
    still = re.findall(r'<tr id="unit-[^"]*" data-code="([^"]+)"([^>]*)>(.*?)</tr>', text, re.DOTALL)
    assert {code for code, _, _ in still} == set(rows) - {""}
    figures = {row.unit: row.figures for row in coverage.rows}
    for code, given, said in still:
        told = dict(re.findall(r'data-(\w+)="([^"]*)"', given))
        assert all(same(told[name], rows[code][name]) for name in COUNTS), code
        if rows[code]["total"]:
            assert wording.rate(figures[code]).zh in unescape(said), code


def check_table(path, rows):
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = [line for line in csv.reader(file) if len(line) == 9]
    found = {line[0] or line[1]: line[2:] for line in lines[1:]}
    for unit, row in rows.items():
        cells = found[unit or "合计"]
        assert all(same(cell, row[name]) for cell, name in zip(cells, FIGURES, strict=True)), unit


def check_workbook(path, rows):
    """Somewhere in the workbook a row with a unit's code has its counts side by side, and its rate where it has one."""
    book = CalamineWorkbook.from_path(str(path))
    wanted = {unit or "合计" for unit in rows}
    lines: dict[str, list[list[object]]] = {unit: [] for unit in wanted}
    for name in book.sheet_names:
        for line in book.get_sheet_by_name(name).to_python():
            for unit in wanted.intersection(cell for cell in line[:4] if isinstance(cell, str)):
                lines[unit].append(line)
    for unit, row in rows.items():
        mine = lines[unit or "合计"]
        counts = [row[name] for name in COUNTS]
        assert any(
            holds(line, counts) and (row["rate"] is None or holds(line, [row["rate"]])) for line in mine
        ), unit


def holds(line, wanted):
    numbers = [cell for cell in line if isinstance(cell, int | float)]
    return any(
        all(same(a, b) for a, b in zip(numbers[at : at + len(wanted)], wanted, strict=True))
        for at in range(len(numbers) - len(wanted) + 1)
    )


def check_screen(coverage, rows):
    """The model of the table in the window: what it shows, and what it shows it of."""
    model = CoverageTableModel("zh")
    model.show_coverage(coverage, lambda row: row.name)
    assert model.rowCount() == len(coverage.rows)
    for at in range(model.rowCount()):
        figures, row = model.row(at).figures, rows[model.code(at)]
        assert all(same(getattr(figures, name), row[name]) for name in FIGURES), model.code(at)
        shown = [model.index(at, column).data() for column in Column][1:5]
        assert shown == [wording.amount(row[name]) for name in COUNTS], model.code(at)


def check_paper(path, coverage):
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    plain = re.sub(r"\s+", "", text)
    for row in coverage.rows:
        if row.figures.total:
            assert row.name in plain, row.name
            assert wording.fraction(row.figures) in plain, row.name
            if row.figures.rate is not None:
                assert wording.percent(row.figures.rate) in plain, row.name
    assert wording.fraction(coverage.total.figures) in plain


def measures_of(profile):
    """Return every measure that a profile declares, of Yaohai; of the others those that Yaohai has not, and two that it has."""
    every = [name for name in measure_names(profile) if name.partition(":")[0] not in ("fact", "station")]
    every += [
        next(name for name in measure_names(profile) if name.startswith(head))
        for head in ("fact:", "station:")
    ]
    common = set() if profile.id == "yaohai" else set(load_profile("yaohai").measures) - {"party", "property"}
    return [name for name in every if name not in common]


@pytest.mark.story
def test_that_every_figure_of_every_measure_is_the_same_in_every_output(qapp, registry, tmp_path):
    assert qapp is not None
    measures = measures_of(registry.profile)
    assert len(measures) > (30 if registry.profile.id == "yaohai" else 2)
    for measure in measures:
        coverage = registry.engine.coverage(Query(measure=measure, by="street", as_of=DAY))
        rows = rows_of(coverage)
        check_screen(coverage, rows)
        has_paper = measure in ON_PAPER and registry.profile.id == "yaohai"
        files = written(registry, measure, ["html", "csv", "xlsx", *(["pdf"] if has_paper else [])], tmp_path)
        check_page(files["html"], rows, coverage)
        check_table(files["csv"], rows)
        check_workbook(files["xlsx"], rows)
        if has_paper:
            check_paper(files["pdf"], coverage)
