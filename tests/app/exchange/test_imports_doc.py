"""Every table of strangers has an expectation written by hand, and what comes of it is as it must be."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LARGE = (
    "data/05_messy/csv/derived_shanghai",
    "data/05_messy/csv/derived_小学",
)  # the same rows in other encodings


@pytest.fixture(scope="module")
def program():
    """Return the program that makes the page."""
    spec = importlib.util.spec_from_file_location("imports_doc", ROOT / "scripts" / "imports_doc.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_that_every_table_has_an_expectation_and_a_row_on_the_page(program, shared_data):
    named = {entry["file"] for entry in program.entries()}
    assert [table for table in program.tables(shared_data.parent) if table not in named] == []
    page = program.PAGE.read_text("utf-8")
    assert [e["file"] for e in program.entries() if program.expected(e).replace("|", "\\|") not in page] == []
    assert [name for name in named if f"`{name}`" not in page] == []


def test_that_what_comes_of_each_table_is_what_must_come(program, shared_data, district):
    found = [
        program.verdict(district, shared_data.parent, entry)
        for entry in program.entries()
        if "open" not in entry and not entry["file"].startswith(LARGE)
    ]
    assert [(v.entry["file"], v.came, v.misses) for v in found if v.misses] == []


def test_that_a_verdict_that_is_not_as_it_must_be_is_seen(program, shared_data, district):
    entry = {
        "file": "faults/imports/merged_down.xlsx",
        "as": "compounds",
        "counts": {"create": 5},
        "says": ["A2:A9"],
    }
    assert program.verdict(district, shared_data.parent, entry).misses == ("create 6", "A2:A9")
