"""What comments and docstrings cite leads somewhere, and the reference holds what the declarations say today."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
CITING = [
    ROOT / "main.py",
    ROOT / "Makefile",
    *sorted(
        path
        for room in ("app", "geo", "ui", "resources", "scripts", "tests")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".toml", ".js"} and path != Path(__file__)
    ),
]
_NUMBER = r"\d{1,3}(?:\.\d{1,2})?(?!\d)"
_CITED = re.compile(
    rf"\b([Rr]eference|[Cc]ontract|[Dd]esign|[Uu]x|[Dd]ecisions?) \(?§?({_NUMBER}(?:(?:,| and) {_NUMBER})*)"
)
_HEADING = re.compile(rf"^#+ ({_NUMBER})\.? \S", re.MULTILINE)


def sections():
    """Return what a citation may name: (paper, number) of every heading, and every decision."""
    found = set()
    for path in PAGES.glob("*.md"):
        paper = "reference" if path.name[0].isdigit() else path.stem
        found |= {(paper, number) for number in _HEADING.findall(path.read_text("utf-8"))}
    found |= {
        ("decision", str(int(path.name[:4]))) for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md")
    }
    return found


def citations(text):
    """Return each (paper, number) that a text cites."""
    return [
        (paper.lower().rstrip("s"), number)
        for paper, numbers in _CITED.findall(text)
        for number in re.findall(_NUMBER, numbers)
    ]


def test_that_every_number_that_is_cited_is_a_section():
    known = sections()
    cited = [
        (path.relative_to(ROOT).as_posix(), *citation)
        for path in CITING
        for citation in citations(path.read_text("utf-8"))
    ]
    assert [where for where in cited if where[1:] not in known] == []
    assert {paper for _, paper, _ in cited} >= {"reference", "contract", "design", "ux", "decision"}
    assert len(cited) > 40  # the pattern still finds them


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("each weight (reference 4.8 and 5).", [("reference", "4.8"), ("reference", "5")]),
        ("parents, successors (reference 2, 4.5, 4.6)", [("reference", n) for n in ("2", "4.5", "4.6")]),
        ("that the contract (3) promises; ux 3", [("contract", "3"), ("ux", "3")]),
        ("spatial reference 4490", []),
        ("see decision 12.", [("decision", "12")]),
    ],
)
def test_that_citations_are_read_as_they_are_written(text, cited):
    assert citations(text) == cited


def test_that_every_section_says_something():
    for path in PAGES.glob("*.md"):
        text = path.read_text("utf-8")
        parts = re.split(r"^#+ .+$", text, flags=re.MULTILINE)[1:]
        heads = re.findall(r"^#+ .+$", text, flags=re.MULTILINE)
        empty = [
            head
            for head, part, after in zip(heads, parts, [*heads[1:], "# "], strict=True)
            if not part.strip() and len(after.split()[0]) <= len(head.split()[0])
        ]
        assert empty == [], path.name


def test_that_nothing_leads_to_papers_that_are_not_here():
    away = re.compile(
        r"\b(?:house-next|spec-change|spec-merge|domain|measurements|contract|reference|design)\.md"
    )
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {match[0]}"
        for path in CITING
        for match in away.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_that_the_made_pages_are_what_the_program_says_today():
    spec = importlib.util.spec_from_file_location("make_pages", ROOT / "scripts" / "make_pages.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    differing = [path.name for path, text in made.pages().items() if path.read_text("utf-8") != text]
    assert differing == [], "run scripts/make_pages.py"
    assert {path.name for path in made.pages()} >= {
        "2-kinds.md",
        "3-facts.md",
        "5-measures.md",
        "7-audiences.md",
    }
