"""A machine without the libraries that Qt draws with: a sentence and what to do, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_that_a_start_without_qt_says_what_to_do():
    code = "import sys; sys.modules['PySide6.QtWidgets'] = None; sys.argv = ['x']; import main; sys.exit(main.run())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr
