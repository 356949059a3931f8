"""What ``make run`` does: the window on a sample registry, or the same job without a window where there is no display.

Without a display: sample → coverage by street and by grid → ``out/coverage.xlsx``, ``out/map.html``, ``out/window.png``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
SAMPLE = OUT / "yaohai.gpkg"
WIDTH, HEIGHT = 1366, 698
PROBE = "from PySide6.QtWidgets import QApplication; QApplication([])"


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)  # in order with standard error, also into a file
    OUT.mkdir(exist_ok=True)
    if not SAMPLE.exists():
        say("生成样例台账（合成数据）…", "Making the sample registry (synthetic data) …")
        verb("sample", str(SAMPLE), "--profile", "yaohai")
    if has_display():
        say(f"打开窗口：{shown(SAMPLE)}", f"Opening the window on {shown(SAMPLE)}")
        return subprocess.run([sys.executable, ROOT / "main.py", SAMPLE], check=False, cwd=ROOT).returncode
    say(
        "这里没有显示器，打不开窗口：改为算出覆盖率并导出。",
        "There is no display here, so no window: coverage is computed and exported instead.",
    )
    for by in ("street", "grid"):
        tell_coverage(by)
    workbook, page, picture = OUT / "coverage.xlsx", OUT / "map.html", OUT / "window.png"
    verb("export", str(SAMPLE), str(workbook), "--measure", "party", "--by", "street", "--quiet")
    verb("export", str(SAMPLE), str(page), "--measure", "party", "--by", "street", "--quiet")
    take_picture(picture)
    say("写好了：", "Written:")
    for path in (workbook, page, picture):
        print(shown(path))
    return 0


def verb(*arguments: str) -> str:
    """Run a verb of the program; return what it printed. Its own words on standard error pass through."""
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(done.returncode)
    return done.stdout


def has_display() -> bool:
    """Whether a window could be seen: a screen is named and Qt can open it."""
    if os.environ.get("QT_QPA_PLATFORM", "") in {"offscreen", "minimal"}:
        return False
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    return subprocess.run([sys.executable, "-c", PROBE], check=False, capture_output=True).returncode == 0


def tell_coverage(by: str) -> None:
    """Print a coverage table in short: every street, but only how many grids there are."""
    table = json.loads(verb("coverage", str(SAMPLE), "--measure", "party", "--by", by, "--json"))
    words = {"street": "按街道 / by street", "grid": "按网格 / by grid"}[by]
    print(f"党组织覆盖 / party organisation, {words}, {table['as_of']}")
    rows = table["rows"] if by == "street" else []
    if not rows:
        print(f"  {len(table['rows'])} 个网格 / grids")
    for row in [*rows, {**table["total"], "name": "合计 / total"}]:
        low, high = row["low"] or 0.0, row["high"] or 0.0
        print(f"  {row['covered']:>5} / {row['total']:<5} {low:6.1%} – {high:6.1%}  {row['name']}")


def take_picture(path: Path) -> None:
    """Save a picture of the real window, drawn without a display."""
    size = ["--width", str(WIDTH), "--height", str(HEIGHT)]
    script = ROOT / "scripts" / "window_picture.py"
    done = subprocess.run([sys.executable, script, SAMPLE, path, *size], check=False, cwd=ROOT)
    if done.returncode != 0:
        raise SystemExit(done.returncode)


def shown(path: Path) -> str:
    """Return a path as a person in this folder would type it."""
    return str(path.relative_to(ROOT))


def say(zh: str, en: str) -> None:
    print(f"{zh}\n{en}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
