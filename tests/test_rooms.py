"""What holds the rooms: contracts without excuses, folders and modules that one reader can hold, names that go one way."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("geo", "app", "ui", "resources", "scripts")
SOURCES = [ROOT / "main.py", *sorted(path for room in CODE for path in (ROOT / room).rglob("*.py"))]
FOLDER = 25  # modules
LONGEST = 400  # lines
EXCUSES = {"ignore_imports", "skip_descendants", "exhaustive_ignores", "unmatched_ignore_imports_alerting"}
ROOMS = ("app", "app.services", "ui", "ui.topics")  # whose rooms are layers, every one of them named
KEYS_OF_CHOICES = {"station.kind"}  # a field of a kind; a widget happens to be called so, too


def shown(path):
    return path.relative_to(ROOT).as_posix()


def lines_of(path):
    return len(path.read_text("utf-8").splitlines())


def texts_in(path):
    """Yield (line, text) of every string of a module that is no docstring."""
    tree = ast.parse(path.read_text("utf-8"))
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            yield node.lineno, node.value


@pytest.fixture(scope="module")
def contracts():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]


@pytest.fixture(scope="module")
def widgets():
    """Return the object names of the window that have a room's name before the dot."""
    written = (ROOT / "docs" / "automation.md").read_text("utf-8")
    return {name for name in re.findall(r"`([\w.]+)`", written) if "." in name}


def test_that_no_contract_has_an_excuse_and_circles_are_forbidden_everywhere(contracts):
    assert [contract["name"] for contract in contracts if EXCUSES & contract.keys()] == []
    (circles,) = (contract for contract in contracts if contract["type"] == "acyclic_siblings")
    assert (set(circles["ancestors"]), "depth" in circles) == ({"geo", "app", "ui"}, False)
    layered = {room: c for c in contracts if c["type"] == "layers" for room in c.get("containers", ())}
    assert [room for room in ROOMS if not layered.get(room, {}).get("exhaustive")] == []


def test_that_no_folder_holds_more_modules_than_a_reader_can():
    held = Counter(path.parent for room in (*CODE, "tests") for path in (ROOT / room).rglob("*.py"))
    assert {shown(folder): count for folder, count in held.items() if count > FOLDER} == {}


def test_that_no_module_is_longer_than_a_reader_can_hold():
    assert {shown(path): lines_of(path) for path in SOURCES if lines_of(path) > LONGEST} == {}


def test_that_no_text_below_the_window_names_a_module_widget_or_action_of_it(widgets):
    from ui.actions import BY_ID

    module = re.compile(r"(?<![\w./])ui[./][a-z_]")
    named = (widgets | BY_ID.keys()) - KEYS_OF_CHOICES
    found = [
        f"{shown(path)}:{line}: {text}"
        for room in ("geo", "app")
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, text in texts_in(path)
        if text in named or module.search(text)
    ]
    assert found == []


def test_that_whatever_the_window_is_asked_to_do_stands_in_the_table_of_actions(widgets):
    """A text that begins as an action's name does is an action's, or the name of a widget."""
    from ui.actions import BY_ID

    begins = {name.partition(".")[0] for name in BY_ID}
    like = re.compile(rf"({'|'.join(sorted(begins))})\.(?!qss|dialog)[a-z_]+")
    found, seen = [], set()
    for path in sorted((ROOT / "ui").rglob("*.py")):
        known = widgets | set(re.findall(r'setObjectName\("([\w.]+)"\)', path.read_text("utf-8")))
        for line, text in texts_in(path):
            if like.fullmatch(text) and text in BY_ID and path.name != "actions.py":
                seen.add(text)
            elif like.fullmatch(text) and text not in BY_ID and text not in known:
                found.append(f"{shown(path)}:{line}: {text}")
    assert found == []
    assert {"compound.attach_party", "record.remove", "search.focus"} <= seen
