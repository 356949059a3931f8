"""Make ``docs/automation.md`` and the pictures in ``docs/`` from the program itself: ``make docs``.

``--names`` makes the list of names alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PICTURES = (
    ("window-1366-light.png", 1366, 698, ["--tab", "coverage"], "1"),
    ("window-1366-dark.png", 1366, 698, ["--tab", "coverage", "--theme", "dark"], "1"),
    ("window-1920-light.png", 1920, 1080, ["--select", "compound", "--zoom", "community"], "1"),
    (
        "window-1920-dark.png",
        1920,
        1080,
        ["--select", "compound", "--zoom", "community", "--theme", "dark"],
        "1",
    ),
    ("window-1366-125-percent.png", 1366, 698, ["--select", "compound", "--zoom", "community"], "1.25"),
    (
        "window-1366-english.png",
        1366,
        698,
        ["--select", "compound", "--zoom", "community", "--lang", "en"],
        "1",
    ),
    ("window-1920-review.png", 1920, 1080, ["--mode", "review"], "1"),
)
WEEK = (  # of the supervisor, who has given some work
    ("supervisor-review.png", 1366, 698, ["--mode", "review"], "1"),
    (
        "supervisor-change.png",
        1920,
        1040,
        ["--mode", "review", "--against", "2026-01-01", "--do", "coverage.compare"],
        "1",
    ),
    ("supervisor-tasks.png", 1366, 698, ["--do", "topics.tasks"], "1"),
)
GIVEN = (  # to whom, by when, why, of which compounds
    ("七格 网格员", "2026-11-20", "党组织缺口", ("C000179", "C000100")),
    ("社区党委", "2026-12-31", "社区党委指导组建", ("C000348", "C000319")),
)
FIRST: tuple[str, int, int, list[str], str] = ("window-1366-first-run.png", 1366, 698, [], "1")
PROVINCE: tuple[str, int, int, list[str], str] = ("province.png", 1366, 698, [], "1")
SELECTED, AROUND = "C000100", "340102004004"  # a compound and the community it lies in


def main() -> int:
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        registry = Path(folder) / "yaohai.gpkg"
        made: list[str | Path] = [
            sys.executable,
            ROOT / "main.py",
            "sample",
            registry,
            "--profile",
            "yaohai",
            "--quiet",
        ]
        subprocess.run(made, check=True, cwd=ROOT)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["COMPOUND_REGISTRY_SETTINGS"] = str(Path(folder) / "settings.ini")
        from PySide6.QtWidgets import QApplication

        application = QApplication([])
        (DOCS / "automation.md").write_text(automation(registry), "utf-8")
        application.processEvents()
        if "--names" not in sys.argv:
            subprocess.run([sys.executable, ROOT / "scripts" / "verbs_doc.py"], check=True, cwd=ROOT)
            for name, width, height, more, scale in PICTURES:
                take(DOCS / name, width, height, [registry], more, scale)
            for owner, due, why, subjects in GIVEN:
                give(registry, owner, due, why, subjects)
            for name, width, height, more, scale in WEEK:
                take(DOCS / name, width, height, [registry], more, scale)
            districts = Path(folder) / "区县"
            subprocess.run(
                [*made[:3], districts, "--size", "city", "--each", "district", "--quiet"],
                check=True,
                cwd=ROOT,
            )
            name, width, height, more, scale = PROVINCE
            take(DOCS / name, width, height, [districts], more, scale)
            name, width, height, more, scale = FIRST
            take(DOCS / name, width, height, [], more, scale)
    return 0


def give(registry: Path, owner: str, due: str, why: str, subjects: tuple[str, ...]) -> None:
    """Make tasks of compounds for a post."""
    asked = ["--measure", "party", "--owner", owner, "--due", due, "--why", why]
    command: list[str | Path] = [sys.executable, ROOT / "main.py", "task", registry, "add", *subjects, *asked]
    subprocess.run(command, check=True, cwd=ROOT)


def take(out: Path, width: int, height: int, registry: list[Path], more: list[str], scale: str) -> None:
    """Take one picture in a process of its own; sizes are in pixels of the picture."""
    factor = float(scale)
    size = ["--width", str(round(width / factor)), "--height", str(round(height / factor))]
    more = [{"compound": SELECTED, "community": AROUND}.get(word, word) for word in more]
    command: list[str | Path] = [
        sys.executable,
        ROOT / "scripts" / "window_picture.py",
        *registry,
        out,
        *size,
        *more,
    ]
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, "QT_SCALE_FACTOR": scale})
    print(out.relative_to(ROOT))


def automation(registry: Path) -> str:
    """Return the list of names, read from the window in both languages."""
    from window_names import close_dialogs, named_widgets, open_and_wait, open_dialogs, province_page

    said: dict[str, dict[str, tuple[str, str]]] = {}
    for lang in ("zh", "en"):
        window = open_and_wait(registry, lang)
        dialogs = open_dialogs(window, SELECTED, (117.3, 31.86))
        owner = {row.name: dialog.objectName() for dialog in dialogs for row in named_widgets(dialog)}
        for row in named_widgets(window):
            if row.name.rpartition(".")[2].isdigit():
                continue  # one for each recent file, and such: as many as there happen to be
            said.setdefault(row.name, {})[lang] = (row.kind, row.said)
        close_dialogs(dialogs)
        page = province_page(window, registry.parent)
        for row in named_widgets(page):
            said.setdefault(row.name, {})[lang] = (row.kind, row.said)
        page.shut_down()
        window.close()
    return "\n".join([*HEAD, *_widget_lines(said, owner), *_action_lines()]) + "\n"


HEAD = (
    "# Names in the window",
    "",
    "Made by `make docs` from the program itself; a test compares. A robot finds a widget by its object name, a screen reader by its accessible name.",
    "`main.open_window(path, lang=…)` opens the window; `window.findChild(QWidget, name)` finds a widget, `window.findChild(QAction, name)` an action.",
    "The map answers `feature_at(x, y)`, `position_of(code)`, `zoom_to(codes)`, `visible_codes()`. Tables and trees give a record's code under `Qt.UserRole + 1`.",
    "Names of facts are `fact.KEY`, one for each fact of the registry's profile; those below are of the profile `yaohai`.",
    "No dialog blocks: each is there as soon as its action was triggered.",
    "",
    "## Widgets",
)


def _widget_lines(said: dict[str, dict[str, tuple[str, str]]], owner: dict[str, str]) -> list[str]:
    rooms: dict[str, list[str]] = defaultdict(list)
    for name in said:
        rooms[owner.get(name) or name.partition(".")[0]].append(name)
    lines = []
    for room in sorted(rooms):
        lines += ["", f"### {room}", "", "| name | class | 中文 | English |", "| --- | --- | --- | --- |"]
        for name in sorted(rooms[room]):
            kind, zh = said[name].get("zh", ("", ""))
            other, en = said[name].get("en", ("", ""))
            lines.append(f"| `{name}` | {kind or other} | {_cell(zh)} | {_cell(en)} |")
    return lines


def _action_lines() -> list[str]:
    from ui.actions import ACTIONS

    lines = ["", "## Actions", "", "| name | 中文 | English | keys |", "| --- | --- | --- | --- |"]
    for spec in ACTIONS:
        keys = spec.shortcut or spec.letter
        lines.append(f"| `{spec.id}` | {_cell(spec.text.zh)} | {_cell(spec.text.en)} | {_cell(keys)} |")
    return lines


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    raise SystemExit(main())
