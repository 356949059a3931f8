"""What is told of tests that had no real input: how many of which file were left out, and what those prove."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
NO_INPUT = "the real input lies beside the clone only on the project's own machines"


def left_out(reports: Iterable[Any]) -> list[str]:
    """Return a line for each file with tests that were skipped for want of real input: how many, and what it is about."""
    count = Counter(
        report.nodeid.partition("::")[0] for report in reports if NO_INPUT in str(report.longrepr)
    )
    return [f"{path} ({number}): {_about(ROOT / path)}" for path, number in sorted(count.items())]


def _about(path: Path) -> str:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split())
