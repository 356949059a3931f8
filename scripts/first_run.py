"""What ``make run`` does: the window on a sample registry, or the same job without a window where none can be opened.

Without a window: sample → coverage by street and by grid → ``out/coverage.xlsx``, ``out/map.html``, and, if Qt can draw
at all, ``out/window.png``.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from system_parts import window_fault
from turns import turn

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out"
SAMPLE = OUT / "yaohai.gpkg"
WIDTH, HEIGHT = 1366, 698


def main() -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # in order with standard error, also into a file
    OUT.mkdir(exist_ok=True)
    with turn(
        OUT,
        on_wait=lambda: say("另一个 make 正在生成样例，等它做完 …", "Another make is writing the sample …"),
    ):
        make_sample()
    screen = screen_named()
    fault = window_fault(sys.executable) if screen else ""
    if screen and not fault:
        say(f"打开窗口：{shown(SAMPLE)}", f"Opening the window on {shown(SAMPLE)}")
        return subprocess.run([sys.executable, ROOT / "main.py", SAMPLE], check=False, cwd=ROOT).returncode
    tell_why_no_window(screen, fault)
    for by in ("street", "grid"):
        tell_coverage(by)
    workbook, page = OUT / "coverage.xlsx", OUT / "map.html"
    verb("export", str(SAMPLE), str(workbook), "--measure", "party", "--by", "street", "--quiet")
    verb("export", str(SAMPLE), str(page), "--measure", "party", "--by", "street", "--quiet")
    written = [workbook, page, *take_picture(OUT / "window.png")]
    say("写好了：", "Written:")
    for path in written:
        print(shown(path))
    return 0


def make_sample() -> None:
    """Write the sample if it is not there yet: aside and renamed, so that half of one is never taken for it."""
    if SAMPLE.exists():
        return
    say("生成样例台账（合成数据）…", "Making the sample registry (synthetic data) …")
    with tempfile.TemporaryDirectory(prefix=".sample-", dir=OUT) as aside:
        made = Path(aside) / SAMPLE.name
        verb("sample", str(made), "--profile", "yaohai", "--quiet")
        made.replace(SAMPLE)


def tell_why_no_window(screen: str, fault: str) -> None:
    if screen:
        say(
            f"显示器 {screen} 上打不开窗口（{fault}）：改为算出覆盖率并导出。",
            f"No window can be opened on the display {screen} ({fault}): coverage is computed and exported instead.",
        )
    else:
        say(
            "这里没有显示器，打不开窗口：改为算出覆盖率并导出。",
            "There is no display here, so no window: coverage is computed and exported instead.",
        )


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


def screen_named() -> str:
    """Return the screen a window could be seen on, "" where none is named."""
    if os.environ.get("QT_QPA_PLATFORM", "") in {"offscreen", "minimal"}:
        return ""
    named = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or ""
    return named if sys.platform == "linux" else named or sys.platform


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


def take_picture(path: Path) -> list[Path]:
    """Save a picture of the real window, drawn without a display; say so where Qt can't draw here at all."""
    fault = window_fault(sys.executable, "offscreen")
    if fault:
        path.unlink(missing_ok=True)  # of an earlier run: it would show other figures
        say(
            f"没有画 {shown(path)}：Qt 在本机用不了（{fault}）。要装的软件包见上。",
            f"{shown(path)} was not drawn: Qt can't be used on this machine ({fault}). The packages are named above.",
        )
        return []
    size = ["--width", str(WIDTH), "--height", str(HEIGHT)]
    script = ROOT / "scripts" / "window_picture.py"
    done = subprocess.run([sys.executable, script, SAMPLE, path, *size], check=False, cwd=ROOT)
    if done.returncode != 0:
        raise SystemExit(done.returncode)
    return [path]


def shown(path: Path) -> str:
    """Return a path as a person in this folder would type it."""
    return str(path.relative_to(ROOT))


def say(zh: str, en: str) -> None:
    print(f"{zh}\n{en}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
