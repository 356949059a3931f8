"""The invented district of the shared faults, made once a run and copied for each test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.exchange.planning.plan import Plan


@pytest.fixture(scope="session")
def faults(shared_data: Path) -> Path:
    """Return the folder of the tables and layers that showed the faults of the import."""
    return shared_data.parent / "faults" / "imports"


@pytest.fixture(scope="session")
def made_district(faults: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the registry of 青岚区: 2 streets, 4 communities, 16 grids, 48 compounds."""
    path = tmp_path_factory.mktemp("district") / "base.gpkg"
    registry = create_registry(path, load_profile("yaohai"), name="试区")
    for kind in ("districts", "streets", "communities", "grids", "compounds"):
        commit_import(registry, plan_import(registry, ImportRequest(source=faults / "base.xlsx", kind=kind)))
    registry.close()
    return path


@pytest.fixture
def district(made_district: Path, tmp_path: Path) -> Iterator[Registry]:
    """Return a copy of 青岚区 of a test's own."""
    shutil.copyfile(made_district, tmp_path / "district.gpkg")
    registry = Registry.open(tmp_path / "district.gpkg", by="tester")
    yield registry
    registry.close()


@pytest.fixture
def planned(district: Registry, faults: Path) -> Callable[..., Plan]:
    """Return what importing a file into 青岚区 would do; a name alone is one of the shared files."""

    def plan(source: Path | str, kind: str = "compounds", **options: object) -> Plan:
        path = faults / source if isinstance(source, str) else source
        return plan_import(district, ImportRequest(source=path, kind=kind, **options))  # type: ignore[arg-type]

    return plan
