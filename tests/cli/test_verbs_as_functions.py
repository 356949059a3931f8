"""A verb is a function: called with an ``Output`` of one's own, without the command line, it does the same."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path

import click
import pytest

from app.errors import Conflict, InvalidInput
from app.text import Text
from scripts.verbs_doc import PAGE, README, page, with_lists
from scripts.verbs_story import DAY, GRID, LEFT_OUT, Heard, asked, told
from ui.cli.output import Output
from ui.cli.run import run, verb_called
from ui.cli.verbs import LATER, MODULE_OF
from ui.cli.verbs import bench as bench_verb
from ui.cli.verbs.backups import verify
from ui.cli.verbs.bring_in import import_
from ui.cli.verbs.cases import case, cases
from ui.cli.verbs.figures import coverage
from ui.cli.verbs.later import redivide
from ui.cli.verbs.records import add, list_, undo

VERBS = Path(__file__).resolve().parents[2] / "ui" / "cli" / "verbs"


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """Return the story in which every verb is done, and the folder in which it was told."""
    folder = tmp_path_factory.mktemp("story")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPOUND_REGISTRY_SETTINGS", str(folder / "s.ini"))
        patch.setenv("XDG_STATE_HOME", str(folder))
        return told(folder), folder


def test_that_every_verb_can_be_called_as_a_function(story):
    steps, _ = story
    assert {*(step.verb for step in steps), *LEFT_OUT, *LATER} == set(MODULE_OF)
    for step in steps:
        (document,) = step.documents or [step]
        assert json.loads(json.dumps(document, ensure_ascii=False)) == document, step.verb


def test_that_the_page_of_commands_and_the_lists_in_readme_are_as_the_program_has_them(story):
    """Run ``python scripts/verbs_doc.py`` after a change of verbs."""
    steps, _ = story
    assert PAGE.read_text("utf-8") == page(steps)
    readme = README.read_text("utf-8")
    assert readme == with_lists(readme)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_what_is_asked_is_told_to_people_without_the_command_line(story, lang):
    _, folder = story
    assert click.get_current_context(silent=True) is None
    for name, given in asked(folder / "r.gpkg", folder / lang):
        (folder / lang).mkdir(exist_ok=True)
        heard = Heard(lang=lang)
        verb_called(name)(heard, **given)
        assert "".join(heard.said).strip(), name
        assert heard.documents == []
        (folder / lang / "p.toml").unlink(missing_ok=True)


def test_that_the_function_and_the_command_give_the_same_document(path, capsys):
    heard = Heard(as_json=True)
    coverage(heard, registry=Path(path), measure="party", by="grid", as_of=DAY)
    words = ["coverage", path, "--measure", "party", "--by", "grid", "--as-of", DAY.isoformat(), "--json"]
    assert run(words) == 0
    assert heard.documents == [json.loads(capsys.readouterr().out)]
    assert heard.documents[0]["count"] == "whole", "what is left out is as on the command line"


def test_that_a_verb_that_writes_is_undone_by_another(path):
    path, heard = Path(path), Heard(as_json=True)
    add(heard, registry=path, kind="compounds", values=("name=新苑", f"grid={GRID}"))
    undo(Heard(as_json=True), registry=path)
    left = Heard(as_json=True)
    list_(left, registry=path, kind="compounds")
    assert heard.documents[0]["verb"] == "add"
    assert [row["code"] for row in left.documents[0]["records"]] == ["C1", "C2"]


def test_that_a_refusal_is_raised_to_the_caller(path, tmp_path):
    with pytest.raises(InvalidInput, match="ghosts"):
        list_(Output(), registry=Path(path), kind="ghosts")
    with pytest.raises(InvalidInput, match="redivide"):
        redivide(Output())
    table = tmp_path / "t.csv"
    table.write_text("代码,户数\nC1,999\n", "utf-8")
    heard = Heard(as_json=True)
    with pytest.raises(Conflict):
        import_(heard, registry=Path(path), source=table, kind="compounds")
    assert heard.documents[0]["counts"]["change"] == 1


def test_that_people_are_told_in_their_language_and_nothing_with_quiet(path):
    path = Path(path)
    case(Output(as_json=True), registry=path, step="open", words=("compound=C1", "category=漏水"))
    for lang, word in (("zh", "件数"), ("en", "count")):
        heard = Heard(lang=lang)
        cases(heard, registry=path, as_of=date(2030, 1, 1))
        assert word in "".join(heard.said)
    quiet = Heard(is_quiet=True)
    verify(quiet, registry=path)
    assert quiet.said == []


def test_that_bench_tells_what_was_measured(monkeypatch):
    asked = []

    def measure(suite, **how):
        asked.append((suite, how["against"], how["rounds"]))
        return {"suites": []}

    monkeypatch.setattr("ui.cli.bench.suites.run_benchmarks", measure)
    heard = Heard(as_json=True)
    bench_verb.bench(heard, suite="save", against=Path("x"), rounds=None)
    assert heard.documents == [{"suites": []}]
    assert asked == [("save", Path("x"), 5)]


def test_that_cells_and_headings_of_a_table_are_in_the_language_asked_for():
    for lang, shown in (
        ("zh", ["名称 户数", "东苑", "合计 1,200"]),
        ("en", ["name households", "东苑", "total 1,200"]),
    ):
        heard = Heard(lang=lang)
        heads = (Text("名称", "name"), Text("户数", "households"))
        heard.table(heads, [("东\n苑", None), (Text("合计", "total"), "1,200")])
        lines = [" ".join(line.split()) for line in "".join(heard.said).splitlines()]
        assert [line.replace("东 苑", "东苑") for line in lines if line.strip("─ ")] == shown


def test_that_no_verb_asks_for_the_language_or_for_another_verb():
    for file in VERBS.glob("[a-z]*.py"):
        text = file.read_text("utf-8")
        assert 'lang == "' not in text, file.name
        assert "from ui.cli.verbs" not in text, file.name


def test_that_every_verb_stands_at_the_top_of_its_module():
    for file in VERBS.glob("[a-z]*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        within = [
            f"{file.name}: {inner.name}"
            for outer in ast.walk(tree)
            if isinstance(outer, ast.FunctionDef)
            for inner in ast.walk(outer)
            if isinstance(inner, ast.FunctionDef) and inner is not outer and inner.decorator_list
        ]
        assert within == ([] if file.stem != "later" else ["later.py: later"])


def test_that_functions_of_the_command_line_are_short_and_its_modules_too():
    for file in VERBS.parent.rglob("*.py"):
        text = file.read_text("utf-8")
        assert text.count("\n") <= 400, file.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert node.end_lineno - node.lineno < 60, f"{file.name}: {node.name}"
