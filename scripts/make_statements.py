"""Make ``app/persistence/spelled.py``: the statements of ``app/persistence/statements.py`` as SQLite's text."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "app" / "persistence" / "spelled.py"
HEAD = '''"""Statements as SQLite's text, each with its parameters in their order. Made by ``scripts/make_statements.py``.

They are declared in ``app.persistence.statements``, which no start and no first change waits for; a test compares.
"""

from __future__ import annotations

from typing import Final

NO_LIMIT: Final = 2**31 - 1  # more rows than there can be

# fmt: off'''


def main() -> int:
    sys.path.insert(0, str(ROOT))
    OUT.write_text(text(), "utf-8")
    return 0


def text() -> str:
    """Return the module."""
    from app.persistence.statements import Spelling, spelled

    lines = [HEAD]
    for name, (statement, parameters) in spelled(Spelling()).items():
        told = f"  # {', '.join(parameters)}" if parameters else ""
        lines.append(f'{name}: Final = "{statement}"{told}')
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
