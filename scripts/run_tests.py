"""``make test``: all that a commit must pass, each step told, and one status at the end.

Format, lint, types, contracts; then the tests of the desk, one after the other and with nothing beside them, since a hand
waits for what it sees; then all other tests, several at a time. Where Qt's window can't be loaded, or programs of the desk are missing, the
rest is run and what was left out is said with the reason; on CI that is a failure.
``python scripts/run_tests.py [--jobs N] [pytest's own arguments]``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).resolve().parent))

import system_parts

ROOT = Path(__file__).resolve().parent.parent
DESK = ROOT / "tests" / "desk"
PYTHON = [sys.executable]
GATES = {
    "format": ("格式", [*PYTHON, "-m", "ruff", "format", "--check", "."]),
    "lint": ("写法", [*PYTHON, "-m", "ruff", "check", "."]),
    "types": ("类型", [*PYTHON, "-m", "mypy"]),
    "contracts": ("层次", [*PYTHON, str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]),
}
NOTHING_CHOSEN = 5  # pytest's status where no test was chosen
WITHOUT_QT = ["-p", "no:pytest-qt", "-p", "tests.without_qt", "-rfE"]


@dataclass
class Count:
    """Tests by how they ended."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, report: Path) -> None:
        """Add what a pytest run wrote; a run that died before it could write counts as one failure."""
        if not report.is_file():
            self.failed += 1
            return
        for suite in ET.parse(report).getroot().iter("testsuite"):
            bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            left = int(suite.get("skipped", 0))
            self.failed += bad
            self.skipped += left
            self.passed += int(suite.get("tests", 0)) - bad - left


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", default="2")
    given, extra = parser.parse_known_args(arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # where a test shows a screen it says so itself
    count, failed, left_out = Count(), [], []
    fault = system_parts.window_fault(sys.executable, "offscreen")
    if fault:
        left_out.append(
            f"用到窗口的测试：Qt 在本机用不了（{fault}）\n"
            f"whatever uses the window: Qt can't be used on this machine ({fault})"
        )
    missing = {} if fault else system_parts.missing_programs(system_parts.FOR_THE_DESK)
    if missing:
        names = " ".join(missing)
        left_out.append(f"真实桌面的测试：缺 {names}\nthe tests of the desk: {names} missing")
    failed += failed_gates()
    if not fault and not missing and DESK.is_dir():
        desk = ["-m", "desk", *([] if extra else [str(DESK)])]
        if not tests(desk, extra, count):
            failed.append("desk")
    many = ["-n", given.jobs, "-m", "not desk", *(WITHOUT_QT if fault else [])]
    if not tests(many, extra, count):
        failed.append("tests")
    if count.passed + count.failed == 0:
        failed.append("no test was run")
    if left_out and os.environ.get("CI"):
        failed.append("left out")
    tell(failed, left_out)
    print(f"{count.passed} passed, {count.failed} failed, {count.skipped} skipped", flush=True)
    return 1 if failed else 0


def failed_gates() -> list[str]:
    """Run the gates; return the names of those that say no."""
    return [name for name in GATES if not gate(name)]


def gate(name: str) -> bool:
    """Run one of the gates; what it says is shown only where it fails."""
    zh, command = GATES[name]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    passed = done.returncode == 0
    words = "通过 / passed" if passed else "没有通过 / FAILED"
    print(f"{zh} {name}: {words} ({time.monotonic() - started:.0f} s)", flush=True)
    if not passed:
        print(done.stdout + done.stderr, flush=True)
    return passed


def tests(chosen: list[str], extra: list[str], count: Count) -> bool:
    """Run pytest on what is chosen and count how the tests ended; whether all is well."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [*PYTHON, "-m", "pytest", "-q", *chosen, f"--junit-xml={report}", *extra]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status != NOTHING_CHOSEN:
            count.add(report)
    return status in {0, NOTHING_CHOSEN}


def tell(failed: list[str], left_out: list[str]) -> None:
    """Say what was left out and why, and what failed."""
    if left_out:
        print("\n没有跑（原因在后）/ Left out, and why:", flush=True)
        for words in left_out:
            print(f"- {words}", flush=True)
        print("要装的软件包见开头。/ The packages to install are named at the beginning.", flush=True)
    if failed:
        print("\n没有通过 / Failed: " + ", ".join(failed), flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
