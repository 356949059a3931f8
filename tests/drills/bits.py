"""One bit of a table or index is flipped: `verify` names it, or opening refuses; no figure moves in silence."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from functools import cache
from pathlib import Path

from app.domain.kinds import KINDS
from app.errors import RegistryError
from app.services.edit import edit
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry, square
from tests.app.persistence.damaging import flip, pages_of
from tests.drills.engine import Drill, Trial

# every table of a small registry that holds rows, and all indexes as one; a test compares the list
TABLES = (
    "attachment",
    "building",
    "change",
    "change_detail",
    "community",
    "compound",
    "district",
    "engagement",
    "entity",
    "fact",
    "firm",
    "gpkg_contents",
    "gpkg_geometry_columns",
    "gpkg_spatial_ref_sys",
    "grid",
    "organisation",
    "registry_info",
    "schema_step",
    "sqlite_schema",
    "station",
    "street",
    "indexes",
)


@cache
def whole() -> bytes:
    """Return a small registry in which something was done and taken back."""
    with tempfile.TemporaryDirectory() as folder:
        registry = a_small_registry(Path(folder))
        edit.add(
            registry, "stations", {"code": "S1", "name": "站", "kind": "grid_post", "geometry": square(0, 0)}
        )
        edit.add(
            registry, "buildings", {"code": "B1", "name": "1号楼", "compound": "C1", "geometry": square(0, 0)}
        )
        edit.add(registry, "organisations", {"code": "O9", "name": "第九支部", "type": "branch"})
        edit.add(registry, "firms", {"code": "F9", "name": "好邻居物业"})
        edit.attach(registry, "O9", ["C1"])
        edit.attach(registry, "F9", ["C1"])
        edit.set_values(registry, ["C1"], {"gate_guard": "yes"})
        edit.set_values(registry, ["C1"], {"households": 100, "residents": 300}, why="数错了")
        edit.set_values(registry, ["C1"], {"households": 200})
        registry.undo()
        registry.close()
        return registry.path.read_bytes()


@cache
def _content_before() -> object:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        path.write_bytes(whole())
        return content(path)


def content(path: Path) -> object:
    """Return all of a registry that a figure or a step can rest on; raises what opening or reading raises."""
    registry = Registry.open(path)
    try:
        rows = {kind: dict(registry.dataset.of(kind)) for kind in KINDS}
        return rows, registry.dataset.used_codes, registry.profile.text, registry.zone, registry.history()
    finally:
        registry.close()


def trial(trial: Trial) -> Counter[str]:
    """Flip one bit of a byte that holds something."""
    path = trial.folder / "flipped.gpkg"
    path.write_bytes(whole())
    size, pages = _pages(path, trial.case)
    places = [at for page in pages for at in range(page * size, (page + 1) * size) if whole()[at]]
    rng = trial.rng
    flip(path, rng.choice(places), rng.randrange(8))
    by_sqlite = _sqlite_names(path)
    if trial.control:
        return Counter({"told by SQLite alone": int(by_sqlite), "not told": int(not by_sqlite)})
    found: Counter[str] = Counter({"told by SQLite alone": int(by_sqlite)})
    named = _is_named(path)
    found["named"] = int(named)
    try:
        same = content(path) == _content_before()
    except RegistryError:
        found["refused or a step refused"] = 1
        found["not told"] = int(not named)
    else:
        found["silent"] = int(not same and not named)
        found["without effect, not named"] = int(same and not named)
    return found


def _pages(path: Path, case: str) -> tuple[int, list[int]]:
    if case != "indexes":
        return pages_of(path, case)
    with closing(sqlite3.connect(path)) as raw:
        size = int(raw.execute("PRAGMA page_size").fetchone()[0])
        found = raw.execute(
            "SELECT pageno - 1 FROM dbstat JOIN sqlite_master USING (name) WHERE type = 'index' AND pgsize > unused"
        )
        return size, [int(row[0]) for row in found]


def _is_named(path: Path) -> bool:
    try:
        return bool(care.verify(path))
    except RegistryError:
        return True


def _sqlite_names(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(path)) as raw:
            return [row[0] for row in raw.execute("PRAGMA integrity_check")] != ["ok"]
    except (sqlite3.Error, UnicodeDecodeError):
        return True


DRILL = Drill(
    name="bits",
    zh="翻转一位",
    en="one flipped bit",
    cases=TABLES,
    trial=trial,
    in_ci=3,
    whole=200,
    controls={"SQLite's own check alone": 20},
    controlled=("compound",),
)
