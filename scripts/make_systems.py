"""Make ``docs/systems.md``: one line for each of the thirty-five systems, from declarations, program and tests."""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "systems.md"
MARKER = "pytest.mark.system"

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ui.systems.held import Held
    from ui.systems.table import System

HEAD = """# The thirty-five systems

Made by `.venv/bin/python scripts/make_systems.py` from the profiles, the program and the tests; a test compares it, and looks up every name in it.
由程序的声明和测试生成：每个系统一行，写明在哪里录入、显示、导入、统计，以及证明它的测试。

- *Entered* names kinds, fields and what the profiles declare: facts, checklists, schemes, relations. A fact is entered in the inspector (`fact.KEY`), with `set REGISTRY CODE KEY=VALUE`, or imported; a record with `add`, `attach`, or in the inspector or the dialog named.
- *Shown* names widgets by their object names (`docs/automation.md`); `topics.NAME` is the action that opens a page of the tab "topics". Whatever is declared also stands in the inspector of its record, in `show` and in `list --json`.
- *Imported*: `import REGISTRY FILE --as KIND`; `template REGISTRY KIND OUT.xlsx` writes the workbook to fill in.
- *Counted* names measures (`coverage REGISTRY --measure M`) and verbs.
- *Proved by*: story tests by their names; other tests that carry the system's number by their file.
- *Published* is the source's figure that the samples hold, on every day from 2023-01-01 on.

A name in brackets is the profile that declares it; without one, every city has it.

| # | system | entered | shown | imported | counted | published | proved by |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


class Proof(NamedTuple):
    """A test that carries a system's marker."""

    path: str  # from the root
    name: str
    is_story: bool


def main() -> int:
    sys.path.insert(0, str(ROOT))
    OUT.write_text(document(), "utf-8")
    print(OUT.relative_to(ROOT))
    return 0


def document() -> str:
    """Return the whole page."""
    from ui.systems.held import held
    from ui.systems.table import SYSTEMS

    proofs = proofs_of(ROOT / "tests")
    return HEAD + "".join(_line(system, held(system), proofs.get(system.number, [])) for system in SYSTEMS)


def proofs_of(folder: Path) -> dict[int, list[Proof]]:
    """Return the tests below a folder by the number in their ``system`` marker, story tests first."""
    found: dict[int, set[Proof]] = defaultdict(set)
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        place = path.relative_to(folder.parent).as_posix()
        for node, marks in _tests(tree, _module_marks(tree)):
            proof = Proof(place, node.name, "stories" in path.parts)
            for number in _numbers(marks):
                found[number].add(proof)
    return {
        number: sorted(of_it, key=lambda p: (not p.is_story, p.path, p.name))
        for number, of_it in found.items()
    }


def _module_marks(tree: ast.Module) -> list[ast.expr]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
        ):
            return [node.value]
    return []


def _tests(tree: ast.Module, marks: list[ast.expr]) -> Iterator[tuple[ast.FunctionDef, list[ast.expr]]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node, [*marks, *node.decorator_list]
        elif isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test_"):
                    yield inner, [*marks, *node.decorator_list, *inner.decorator_list]


def _numbers(marks: Iterable[ast.expr]) -> Iterator[int]:
    for mark in marks:
        for node in ast.walk(mark):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == MARKER:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, int):
                        yield argument.value


def _line(system: System, own: Held, proofs: list[Proof]) -> str:
    entered = [*_codes(system.fields), *_declared(own)]
    if own.dialogs:
        entered.append("in " + ", ".join(_codes(own.dialogs)))
    shown = _codes(own.widgets)
    imported = [f"`{kind}`" for kind in own.kinds]
    counted = [*_of_cities(own.measures), *_codes(system.verbs)]
    if system.rules:
        counted.append("findings " + ", ".join(_codes(system.rules)))
    published = [f"{system.published.zh}<br>{system.published.en}"] if system.published else []
    tests = _proved(proofs)
    cells = [
        str(system.number),
        f"**{system.words.zh}**<br>{system.words.en} [{system.source}]",
        _joined(entered),
        _joined(shown),
        _joined(imported),
        _joined(counted),
        _joined(published),
        "<br>".join(tests) or "—",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _proved(proofs: list[Proof]) -> list[str]:
    """Return a link to each story test by its name, and one to each file of other tests."""
    said = [f"[{_said(proof.name)}](../{proof.path})" for proof in proofs if proof.is_story]
    others = dict.fromkeys(proof.path for proof in proofs if not proof.is_story)
    return said + [f"[{path.removeprefix('tests/')}](../{path})" for path in others]


def _declared(own: Held) -> list[str]:
    parts = []
    for word, names in (
        ("facts", own.facts),
        ("checklist", own.checklists),
        ("scheme", own.schemes),
        ("relation", own.relations),
    ):
        if names:
            parts.append(f"{word} " + ", ".join(_of_cities(names)))
    if own.stages:
        parts.append("stages " + ", ".join(_codes(own.stages)))
    return parts


def _of_cities(names: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return names as code, each with a link to the declaration of the cities that have it, where not all do."""
    said = []
    for name, cities in names.items():
        links = ", ".join(f"[{city}](../resources/profiles/{city}.toml)" for city in cities)
        said.append(f"`{name}`" + (f" ({links})" if links else ""))
    return said


def _codes(names: Iterable[str]) -> list[str]:
    return [f"`{name}`" for name in names]


def _joined(parts: list[str]) -> str:
    return "; ".join(parts) or "—"


def _said(name: str) -> str:
    return name.removeprefix("test_that_").removeprefix("test_").replace("_", " ")


if __name__ == "__main__":
    raise SystemExit(main())
