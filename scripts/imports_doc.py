"""Make ``docs/imports.md``: what comes of each table of strangers, beside what must come of it, written by hand.

The expectations stand in ``tests/app/exchange/imports_expected.toml``, the tables in ``shared/`` beside the clone.
"""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import generated  # noqa: E402  # beside this script
import name_pairs  # noqa: E402

from app.errors import InvalidInput  # noqa: E402  # the program lies beside this script
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import  # noqa: E402
from app.services.profile.profiles import load_profile  # noqa: E402
from app.services.registry.registry import create_registry  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.registry.registry import Registry

SEED = 20261130  # of what is drawn for the page
BY_HAND = (
    ROOT / "tests" / "app" / "exchange" / "mutated_by_hand.json"
)  # as python -m scripts.mutated printed it
EXPECTED = ROOT / "tests" / "app" / "exchange" / "imports_expected.toml"
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "imports.md"
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".et")
FOLDERS = ("faults/imports", "data/05_messy")
_HEAD = """# What becomes of strangers' tables

Made by `python scripts/imports_doc.py`. Every table of `shared/faults/imports` and `shared/data/05_messy`, imported without writing into the invented district
of the first folder: what came of it, beside what must come of it, which was written by hand in `tests/app/exchange/imports_expected.toml` and is compared by
`tests/app/exchange/test_imports_doc.py`. Without a mark, the two agree.

| table | as | must come | came | |
| --- | --- | --- | --- | --- |
"""


class Verdict(NamedTuple):
    """What came of one table. ``misses``: what of the expectation is not so."""

    entry: dict[str, Any]
    came: str
    misses: tuple[str, ...]


def entries() -> list[dict[str, Any]]:
    """Return the expectations, as they were written."""
    found: list[dict[str, Any]] = tomllib.loads(EXPECTED.read_text("utf-8"))["entry"]
    return found


def tables(shared: Path) -> list[str]:
    """Return every table that must be among the expectations, under ``shared``."""
    return sorted(
        path.relative_to(shared).as_posix()
        for folder in FOLDERS
        for path in (shared / folder).rglob("*")
        if path.suffix.lower() in TABLES
    )


def make_district(path: Path, shared: Path) -> Registry:
    """Write the invented district that the tables are imported into, and return it open."""
    registry = create_registry(path, load_profile("yaohai"), name="试区")
    for kind in ("districts", "streets", "communities", "grids", "compounds"):
        source = shared / "faults" / "imports" / "base.xlsx"
        commit_import(registry, plan_import(registry, ImportRequest(source=source, kind=kind)))
    return registry


def verdict(registry: Registry, shared: Path, entry: dict[str, Any]) -> Verdict:
    """Return what comes of one table, and what of it is not as it must be."""
    request = ImportRequest(source=shared / entry["file"], kind=entry["as"], **entry.get("options", {}))
    try:
        plan = plan_import(registry, request)
    except InvalidInput as error:
        said = error.message.zh
        words = entry.get("refused")
        misses = ["refused"] if words is None else [word for word in words if word not in said]
        return Verdict(entry, f"refused: {said.partition('：')[2] or said}", tuple(misses))
    misses = ["refused"] if "refused" in entry else []
    if "counts" in entry:
        counts = plan.counts
        misses += [
            f"{action} {count}" for action, count in counts.items() if entry["counts"].get(action, 0) != count
        ]
    said = " ".join(
        [note.zh for note in plan.notes]
        + [f"{p.message.zh} {p.value}" for row in plan.rows for p in row.problems]
    )
    misses += [word for word in entry.get("says", ()) if word not in said]
    came = ", ".join(f"{action} {count}" for action, count in plan.counts.items() if count)
    return Verdict(entry, came, tuple(misses))


def expected(entry: dict[str, Any]) -> str:
    """Return what must come of a table in one line."""
    parts = [f"{action} {count}" for action, count in entry.get("counts", {}).items()]
    if "refused" in entry:
        parts.append("refused, naming " + " ".join(entry["refused"]))
    if "says" in entry:
        parts.append("says " + " ".join(entry["says"]))
    return ", ".join(parts)


def page(found: Iterator[Verdict]) -> str:
    """Return the whole page."""
    lines = []
    for entry, came, misses in found:
        options = entry.get("options", {})
        shown = " ".join([entry["as"], *(f"{name}={value}" for name, value in options.items())])
        mark = f"open: {entry.get('open', ', '.join(misses))}" if misses else ""
        cells = (f"`{entry['file']}`", shown, expected(entry), came[:160], mark)
        lines.append("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |")
    return _HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        registry = make_district(Path(folder) / "district.gpkg", SHARED)
        tables_told = page(verdict(registry, SHARED, entry) for entry in entries())
        by_hand = json.loads(BY_HAND.read_text("utf-8"))
        drawn = generated.as_markdown(registry.profile, SEED, by_hand)
        pairs = name_pairs.as_markdown(name_pairs.figures(SEED))
        PAGE.write_text("\n".join([tables_told, *drawn, *pairs]) + "\n", "utf-8")
        registry.close()


if __name__ == "__main__":
    main()
