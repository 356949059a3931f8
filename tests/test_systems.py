"""The thirty-five systems: each is declared, entered, shown, imported, counted and proved; the page says so."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.domain.kinds import KINDS
from app.services.check.finding import RULES
from app.services.profile.profiles import city_profiles, load_profile
from ui.cli.run import verb_names
from ui.cli.verbs import LATER
from ui.systems.held import held
from ui.systems.table import SYSTEMS, System
from ui.topic_list import BY_NAME

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = range(1, 36)


def script() -> ModuleType:
    """Return the script that writes the page."""
    spec = importlib.util.spec_from_file_location("make_systems", ROOT / "scripts" / "make_systems.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_systems"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page() -> ModuleType:
    return script()


@pytest.fixture(scope="module")
def proofs(page: ModuleType) -> dict[int, list[Any]]:
    """Return every test that carries a system's number."""
    found: dict[int, list[Any]] = page.proofs_of(ROOT / "tests")
    return found


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"row{system.number}")
def system(request: pytest.FixtureRequest) -> System:
    found: System = request.param
    return found


def test_that_there_are_thirty_five_in_their_order() -> None:
    assert [system.number for system in SYSTEMS] == list(NUMBERS)
    assert len({system.words.zh for system in SYSTEMS}) == len({system.words.en for system in SYSTEMS}) == 35


def test_that_each_is_entered_shown_imported_and_counted(system: System) -> None:
    own = held(system)
    entered = [*system.fields, *own.facts, *own.checklists, *own.schemes, *own.relations, *own.stages]
    assert entered
    assert own.widgets
    assert own.kinds
    assert [*own.measures, *system.verbs, *system.rules]


def test_that_each_declares_something_by_its_number_or_says_its_verbs(system: System) -> None:
    own = held(system)
    declared = [*own.facts, *own.checklists, *own.schemes, *own.relations, *own.measures, *own.stages]
    assert declared or {"cuts", "fuse"} <= set(system.verbs)  # borders are outlines, not declarations


def test_that_each_is_proved_by_a_story_that_carries_its_number(
    system: System, proofs: dict[int, list[Any]]
) -> None:
    assert any(proof.is_story for proof in proofs[system.number])
    for proof in proofs[system.number]:
        assert re.search(rf"def {proof.name}\(", (ROOT / proof.path).read_text("utf-8"))


def test_that_every_name_in_the_table_exists(system: System) -> None:
    for field in system.fields:
        kind, _, name = field.partition(".")
        assert kind in KINDS, field
        assert not name or name in KINDS[kind].by_name or (name == "geometry" and KINDS[kind].is_layer), field
    for verb in system.verbs:
        assert verb in verb_names(), verb
        assert verb not in LATER, f"{verb} is not built"
    for topic in system.topics:
        assert topic in BY_NAME, topic
    for rule in system.rules:
        assert rule in RULES, rule
    for kind in held(system).kinds:
        assert kind in KINDS, kind


def rooms_of_dialogs() -> set[str]:
    """Return the rooms that the window's dialogs name themselves after."""
    calls = (
        node
        for path in (ROOT / "ui" / "dialogs").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__" and len(node.args) > 1
    )
    return {call.args[1].value for call in calls if isinstance(call.args[1], ast.Constant)}


def test_that_dialogs_named_for_systems_are_there() -> None:
    wanted = {name for system in SYSTEMS for name in held(system).dialogs}
    assert wanted <= {f"{room}.dialog" for room in rooms_of_dialogs()}


@pytest.mark.parametrize("city", city_profiles())
def test_that_declarations_name_systems_that_there_are(city: str) -> None:
    profile = load_profile(city)
    schemes = [scheme for versions in profile.schemes.values() for scheme in versions]
    declared = [
        *profile.facts.values(),
        *profile.checklists.values(),
        *profile.relations.values(),
        *profile.measures.values(),
        *schemes,
        profile.adoption,
    ]
    for spec in declared:
        assert spec.systems, spec
        assert set(spec.systems) <= set(NUMBERS), spec


def test_that_markers_name_systems_that_there_are(proofs: dict[int, list[Any]]) -> None:
    assert set(proofs) == set(NUMBERS)


def test_that_markers_are_found_on_functions_classes_modules_and_parameters(
    tmp_path: Path, page: ModuleType
) -> None:
    folder = tmp_path / "tests" / "stories"
    folder.mkdir(parents=True)
    (folder / "test_one.py").write_text(
        inspect.cleandoc(
            """
            import pytest
            pytestmark = [pytest.mark.story, pytest.mark.system(7)]
            @pytest.mark.system(1, 2)
            def test_a(): ...
            @pytest.mark.system(3)
            class TestB:
                @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.system(4))])
                def test_c(self, x): ...
            def helper(): ...
            """
        ),
        "utf-8",
    )
    found = {number: [p.name for p in own] for number, own in page.proofs_of(tmp_path / "tests").items()}
    assert found == {1: ["test_a"], 2: ["test_a"], 3: ["test_c"], 4: ["test_c"], 7: ["test_a", "test_c"]}


def test_that_the_page_on_disk_is_the_one_the_program_makes(page: ModuleType) -> None:
    assert page.OUT.read_text("utf-8") == page.document(), "run scripts/make_systems.py"


def test_that_every_link_of_the_page_leads_somewhere(page: ModuleType) -> None:
    links = re.findall(r"\]\((\.\./[^)]+)\)", page.document())
    assert links
    for link in set(links):
        assert (page.OUT.parent / link).resolve().is_file(), link
