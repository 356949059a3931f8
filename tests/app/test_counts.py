"""No English sentence says "1 steps": a count stands with what is counted, one of it or more."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from app.text import Text, counted

TOP = Path(__file__).resolve().parents[2]
# what the program counts; a count that is filled in before one of these says both forms: ``{: step|steps}``
COUNTED = (
    "alliances|backups|bytes|candidates|cells|changes|columns|compounds|corners|days|desks|edits|files|firms|households|"
    "items|members|months|numbers|openings|parts|people|pieces|places|records|registries|rows|stations|steps|things|units|zones"
)
BY_SCRIPT = {"app/exchange/formats/html_words.py"}  # the page's own script fills these in
NO_COUNTS = {"{} changes {}"}  # a name, which changes a unit
FIELD = re.compile(rf"\{{[0-9a-z_]*(?::[^{{}}|]*)?\}} (?:more |older |hidden |empty )?(?:{COUNTED})\b")
STORY = Text("{0} 步，{1:,} 条", "{0: step was|steps were} taken, {1:, record|records}")


def test_that_a_count_of_one_is_told_as_one():
    assert STORY.format(1, 1) == Text("1 步，1 条", "1 step was taken, 1 record")
    assert STORY.format(2, 2000).en == "2 steps were taken, 2,000 records"
    assert STORY.format(0, 0).en == "0 steps were taken, 0 records"
    assert Text("{}", "{: step|steps}").format("1").en == "1 step"
    assert Text("{}", "{: step|steps}").format("1,000").en == "1,000 steps"
    assert counted(1, "place does", "places do") == "1 place does"
    assert counted(1234, "place", "places", ",") == "1,234 places"


def test_that_a_value_in_both_languages_stands_in_each_as_it_reads_there():
    assert Text("没有写成：{0}。", "Not written: {0}.").format(Text("磁盘满了", "the disk is full")) == Text(
        "没有写成：磁盘满了。", "Not written: the disk is full."
    )


def test_that_no_sentence_with_a_count_forgets_the_one():
    found = {}
    for room in ("app", "ui"):
        for path in sorted((TOP / room).rglob("*.py")):
            texts = [told for node in ast.walk(ast.parse(path.read_text("utf-8"))) for told in _english(node)]
            bad = [told for told in texts if FIELD.search(told) and told not in NO_COUNTS]
            if bad and path.relative_to(TOP).as_posix() not in BY_SCRIPT:
                found[str(path.relative_to(TOP))] = bad
    assert found == {}


def _english(node: ast.AST) -> list[str]:
    """Return the English of a ``Text`` whose values are filled in later."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Text"
        and len(node.args) == 2
    ):
        english = node.args[1]
        return [english.value] if isinstance(english, ast.Constant) and isinstance(english.value, str) else []
    return []
