"""The map of the house is looked up: every path, function and test on it is there, and it answers ten questions alone."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "house.md").read_text("utf-8")
PAGES = [
    ROOT / "docs" / "house.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs" / "reference").glob("*.md")),
]
# `app/x.py`, `app/x`, `app/x.py:Name.inner` and `tests/x.py::test_name`
NAMED = re.compile(
    r"`((?:app|geo|ui|tests|scripts|resources|docs|findings)/[\w./-]*|main\.py|pyproject\.toml|constraints\.txt)(?:(::?)([\w.]+))?`"
)

# question → where the answer stands: a function or place, and the test that fails
TEN = {
    "a new export format": (
        "app/domain/leaving/format.py:Format",
        "ui/map/export/__init__.py:FORMATS",
        "tests/app/exchange_out/test_formats.py::test_that_a_format_of_which_something_is_not_said_is_none",
    ),
    "a new kind": (
        "app/domain/kinds",
        "app/domain/kind.py:Kind",
        "tests/stories/test_whole_life.py::test_that_a_kind_nobody_wrote_code_for_lives_a_whole_life",
        "app/persistence/migrations.py:STEPS",
        "app/persistence/upgrade.py:upgrade_file",
    ),
    "a text field": (
        "app/domain/rules/rules.py:problems_of",
        "app/exchange/formats/audience.py:columns_of",
        "app/exchange/formats/audience.py:check_left",
        "tests/app/domain/test_personal.py::test_that_a_personal_number_is_refused_in_every_text_of_every_kind",
    ),
    "an edit": (
        "app/services/edit/edit.py:set_values",
        "ui/bridge/writing.py:Writing.edit",
        "ui/bridge/tasks.py:TaskRunner.start",
        "app/services/registry/registry.py:Registry.write",
        "app/persistence/store.py:FileStore.commit",
    ),
    "a figure": (
        "ui/bridge/context.py:WindowContext.figure_again",
        "app/coverage/engine.py:CoverageEngine.coverage",
        "app/coverage/engine.py:CoverageEngine.with_dataset",
        "tests/app/coverage/test_against_oracle.py::test_that_the_engine_agrees_with_the_oracle_in_every_row",
    ),
    "a measure, condition, weight": (
        "app/domain/profile/condition.py:read_condition",
        "app/domain/weights.py:WEIGHTS",
        "tests/app/coverage/oracle.py",
        "tests/app/coverage/oracle_declared.py",
    ),
    "a verb": (
        "ui/cli/verbs/__init__.py:LINES",
        "ui/cli/output.py:Output",
        "tests/cli/test_verbs_as_functions.py::test_that_the_page_of_commands_and_the_lists_in_readme_are_as_the_program_has_them",
    ),
    "a topic": (
        "ui/topics/base/topic.py:Topic",
        "ui/topic_list.py:TOPICS",
        "tests/ui/topics/test_topics.py::test_that_an_action_opens_each_topic_with_the_hand_in_it",
    ),
    "a word, band, colour": (
        "app/domain/vocabulary.py",
        "app/domain/looks/bands.py",
        "resources/palette.json",
        "tests/app/domain/test_one_vocabulary.py::test_that_no_other_module_and_no_script_says_where_a_band_begins",
    ),
    "two rooms, one function; zone": (
        "tests/test_house.py::test_that_no_room_imports_from_a_room_above_it",
        "tests/test_rooms.py::test_that_no_contract_has_an_excuse_and_circles_are_forbidden_everywhere",
        "geo/crs.py:Zone",
        "app/services/zones",
    ),
}


@cache
def names_in(path):
    """Return what a module defines at its top, and ``Class.name`` for what its classes do."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)
            }
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def missing_in(page):
    """Return each path, function and test that a page names and that is not there."""
    found = []
    for path, mark, name in NAMED.findall(page.read_text("utf-8")):
        target = ROOT / path
        is_there = target.exists() or target.with_suffix(".py").is_file()
        if not is_there or (name and (target.suffix != ".py" or name not in names_in(target))):
            found.append(f"{path}{mark}{name}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_that_every_path_function_and_test_on_a_page_is_there(page):
    assert missing_in(page) == []


def test_that_a_wrong_name_would_be_seen(tmp_path):
    wrong = tmp_path / "wrong.md"
    wrong.write_text(
        "`app/nowhere.py` `app/jobs.py:Ticket.nothing` `tests/test_house.py::test_that_nobody` `app/jobs.py:Ticket`"
    )
    assert missing_in(wrong) == [
        "app/nowhere.py",
        "app/jobs.py:Ticket.nothing",
        "tests/test_house.py::test_that_nobody",
    ]


@pytest.mark.parametrize("question", TEN)
def test_that_the_page_alone_names_file_function_and_test(question):
    named = {f"{path}{mark}{name}" for path, mark, name in NAMED.findall(PAGE)}
    assert [place for place in TEN[question] if place not in named] == []


def test_that_every_package_has_its_sentence_on_the_page():
    packages = {
        path.parent.relative_to(ROOT)
        for room in ("app", "ui")
        for path in (ROOT / room).rglob("__init__.py")
        if len(path.parent.relative_to(ROOT).parts) in (2, 3)
    }
    lacking = [
        package.as_posix()
        for package in sorted(packages)
        if f"`{package.as_posix()}`" not in PAGE and f"*{package.name}*" not in PAGE
    ]
    assert lacking == []
