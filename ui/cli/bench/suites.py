"""The program's own benchmarks (`bench`): what is measured, beside whom, with which seed and versions.

A benchmark measures and tells; it never asserts a time. Figures of one run can be compared with one another as ratios;
figures of two machines can not.
"""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from app import VERSION
from app.bench import coverage as bench_coverage
from app.bench import files as bench_files
from app.bench.ground import SIZES
from app.bench.libraries import libraries
from app.errors import InvalidInput
from app.jobs import Ticket
from app.text import Text
from ui.cli.bench import opening

if TYPE_CHECKING:
    from collections.abc import Callable

SEED: Final = 20_260_101
_SUITES: Final[dict[str, Callable[[str, int], dict[str, Any]]]] = {
    "open": opening.open_sample,
    "coverage": bench_coverage.coverage,
    "import": bench_files.import_file,
    "journal": bench_files.journal,
    "canvas": opening.frames,
}
SUITES: Final = tuple(_SUITES)
_PACKAGES: Final = (
    "PySide6-Essentials",
    "shapely",
    "geopandas",
    "numpy",
    "SQLAlchemy",
    "pyogrio",
)
_STAGE: Final = Text("测速", "Measuring")


def run_benchmarks(
    suite: str | None = None, *, size: str = "district", ticket: Ticket | None = None
) -> dict[str, Any]:
    """Run one suite, or all; return what was measured as JSON: seconds, ratios to peers, seed, versions.

    Raises
    ------
    InvalidInput
        For a suite or size that does not exist.

    """
    if suite is not None and suite not in _SUITES:
        raise InvalidInput(
            Text(
                f"没有测速项 {suite}。有：{' '.join(SUITES)}。",
                f"There is no suite {suite}. There are: {' '.join(SUITES)}.",
            )
        )
    if size not in SIZES:
        raise InvalidInput(
            Text(
                f"没有规模 {size}。有：{' '.join(SIZES)}。",
                f"There is no size {size}. There are: {' '.join(SIZES)}.",
            )
        )
    ticket = ticket or Ticket()
    chosen = SUITES if suite is None else (suite,)
    found = []
    for done, name in enumerate(chosen):
        ticket.step(_STAGE, done, len(chosen))
        started = time.perf_counter()
        measured = _SUITES[name](size, SEED)
        found.append({"suite": name, **measured, "took_s": round(time.perf_counter() - started, 3)})
    return {"size": size, "seed": SEED, "machine": machine(), "versions": versions(), "suites": found}


def machine() -> dict[str, Any]:
    """Return what the figures were measured on; no name of machine or person."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Return the versions that matter to the figures."""
    found = {"compound-registry": VERSION}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found | {name: told for name, told in libraries().items() if name != "python"}
