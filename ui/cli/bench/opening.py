"""Benchmarks of the window, each in a process of its own: opening a sample to a painted map, and frames of panning."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import app
from app.bench.clock import told
from app.leftovers import BENCH, own_folder
from app.sample.make import make_sample
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry

_MODULE: Final = "ui.cli.bench.window"  # by name: whoever measures must not have Qt in its own process
_ROUNDS: Final = 5
_PROFILE: Final = {"district": "jinjiang", "city": "yaohai", "province": "yaohai"}


def open_sample(size: str, seed: int) -> dict[str, Any]:
    """Measure from the start of the process to a painted, sharp map."""
    with own_folder(BENCH) as folder:
        path, compounds = _sample(folder, size, seed)
        runs = [run_window("open", path) for _ in range(_ROUNDS)]
        return {
            "input": {"compounds": compounds},
            "ours": {"to_painted_map": told([run["painted_s"] for run in runs])},
            "imported": runs[0]["heavy_modules"],
            "peers": {},
            "ratio_to": {},
        }


def frames(size: str, seed: int) -> dict[str, Any]:
    """Measure frames while panning and zooming; the peer is a plain blit of a picture as large as the map."""
    with own_folder(BENCH) as folder:
        path, compounds = _sample(folder, size, seed)
        run = run_window("frames", path)
        pan, zoom, blit = (told(run[key], unit="ms") for key in ("pan_s", "zoom_s", "blit_s"))
        return {
            "input": {"compounds": compounds, "pixels": run["pixels"]},
            "ours": {
                "pan": pan,
                "zoom": zoom,
                "over_16_ms": sum(s > 0.016 for s in run["pan_s"] + run["zoom_s"]),
            },
            "peers": {"plain blit": blit},
            "ratio_to": {
                "plain blit": round(pan["median_ms"] / blit["median_ms"], 2) if blit["median_ms"] else None
            },
        }


def _sample(folder: Path, size: str, seed: int) -> tuple[Path, int]:
    profile = _PROFILE[size]
    sample = make_sample(profile, size=size, seed=seed)
    path = folder / "bench.gpkg"
    create_registry(
        path,
        load_profile(profile),
        name="bench",
        records=sample.records,
        backdrop=sample.backdrop,
        synthetic_note=sample.note,
    ).close()
    return path, sum(record.kind == "compounds" for record in sample.records)


def run_window(what: str, registry: Path) -> dict[str, Any]:
    """Open the window on a registry in a process of its own; return what it measured.

    The child looks for modules where the program lies, never in the folder where the user happens to be.
    """
    settings = str(registry.with_name("settings.ini"))
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "COMPOUND_REGISTRY_SETTINGS": settings,
        "PYTHONPATH": str(Path(app.__file__).resolve().parents[1]),
    }
    done = subprocess.run(  # noqa: S603  # our own interpreter and module, a path of our own
        [sys.executable, "-P", "-m", _MODULE, what, str(registry), repr(time.time())],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the window to be measured did not open: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
