"""Runs the program as a user's desktop does, with eyes in it: ``start_program.py SOCKET [ARGUMENT…]``."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from tests.desk.probe import listen

    listen(sys.argv[1])
    sys.argv = [str(ROOT / "main.py"), *sys.argv[2:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
