"""What every test may rely on: the shared data, an offscreen screen, and no swallowed Qt warning."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_NEEDED = "COMPOUND_REGISTRY_NEEDS_SHARED_DATA"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real input beside the clone; CI insists on it."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        if os.environ.get(_NEEDED):
            pytest.fail(f"real input is missing, and {_NEEDED} is set")
        pytest.skip("the real input lies beside the clone only on the project's own machines")
    return folder


@pytest.fixture(scope="session")
def yaohai_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Yaohai sample, made once; tests that write take a copy."""
    from app.jobs import Ticket
    from app.services.write_sample import write_sample

    path = tmp_path_factory.mktemp("sample") / "yaohai.gpkg"
    write_sample(path, "yaohai", size="district", seed=1, ticket=Ticket())
    return path
