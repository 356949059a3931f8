"""The program on a desk, seen and handled from outside."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.desk.hands import Hands
from tests.desk.session import SCREEN, Desk, until

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
KNOWN_LINES = ()  # of standard error that are not ours
_SLACK = 3  # [px] that a rectangle may stand beside a place


class Program:
    """One process of the program, the hands that work in it, and the eyes on it."""

    def __init__(self, desk: Desk, folder: Path, *arguments: str | Path, **environment: str) -> None:
        self.desk, self.folder = desk, folder
        self.temporary = Path(tempfile.mkdtemp(prefix="cr"))  # short: a socket's whole path has 107 bytes
        self.environment = desk.environment | {
            "QT_QPA_PLATFORM": "xcb",
            "COMPOUND_REGISTRY_SETTINGS": str(folder / "settings.ini"),
            "TMPDIR": str(self.temporary),
            "XDG_STATE_HOME": str(self.temporary),
            **environment,
        }
        self._is_let_go = False
        self._said = folder / "standard-error.txt"
        self.process = self.start(*arguments)
        self.hands = Hands(desk)
        self._line = self._connect()

    def start(self, *arguments: str | Path, socket_name: str = "probe") -> subprocess.Popen[bytes]:
        """Start the program once more, as a second double click does."""
        command = [sys.executable, str(ROOT / "tests" / "desk" / "start_program.py")]
        self._socket = self.temporary / socket_name
        with self._said.open("ab") as said:
            return subprocess.Popen(
                [*command, str(self._socket), *map(str, arguments)],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def _connect(self) -> Any:
        def tried() -> Any:
            assert self.process.poll() is None, self.said()
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(self._socket))
            except OSError:
                connection.close()
                return None
            return connection

        self._connection = until(tried, "the program's start")
        return self._connection.makefile("rw", encoding="utf-8")

    # the end

    def said(self) -> str:
        """Return what the program wrote on standard output and error, known lines left out."""
        lines = self._said.read_text("utf-8", "replace").splitlines()
        return "\n".join(line for line in lines if not any(known in line for known in KNOWN_LINES))

    def crash_reports(self) -> list[str]:
        """Return what crash reports say."""
        found = sorted(self.temporary.glob("compound-registry/log/crash-*"))
        return [path.read_text("utf-8") for path in found]

    def close(self) -> None:
        """Close the window as the task bar does, and see that all ends well."""
        for number, _title in self.hands.windows():
            self.hands.close_window(number)
        self.check_end()

    def check_end(self) -> None:
        """See that the process ends by itself with status 0, and that nothing went wrong in it."""
        until(lambda: self.process.poll() is not None, "the end of the process")
        assert self.crash_reports() == []
        assert self.said() == ""
        assert self.process.returncode == 0

    def let_go(self) -> None:
        """Leave nothing behind, however the story ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGABRT if os.environ.get("DESK_STACK") else signal.SIGKILL)
            self.process.wait()
        if not self._is_let_go:
            self._is_let_go = True
            self._line.close()
            self._connection.close()
            self.hands.close()

    # eyes

    def ask(self, question: str, *of: Any) -> Any:
        """Ask the eyes inside the program."""
        try:
            self._line.write(json.dumps({"ask": question, "of": of}) + "\n")
            self._line.flush()
            told = self._line.readline()
        except OSError as error:
            raise AssertionError(f"the program is gone: {self.said()}") from error
        assert told, f"the program is gone: {self.said()}"
        answer = json.loads(told)
        assert "error" not in answer, f"{question}{of}: {answer['error']}"
        return answer["said"]

    def state(self) -> dict[str, Any]:
        """Return what the window as a whole is about."""
        return self.ask("state")

    def journal(self) -> int:
        """Return how many steps the journal holds."""
        return self.state()["journal"]

    def sees(self, name: str) -> bool:
        """Whether a widget is in sight."""
        found = self.ask("seen", name)
        return found is not None and found["is_visible"]

    def seen(self, name: str) -> dict[str, Any]:
        """Return what a widget looks like; it must be in sight."""
        found: dict[str, Any] = until(
            lambda: (now := self.ask("seen", name)) and now["is_visible"] and now, f"{name} in sight"
        )
        return found

    def still(self, name: str) -> dict[str, Any]:
        """Return what a widget looks like once two looks saw it in one place: a layout may still be under way."""
        looks: list[dict[str, Any]] = []

        def stands() -> bool:
            looks.append(self.seen(name))
            return len(looks) > 1 and looks[-1]["room"] == looks[-2]["room"]

        until(stands, f"{name} standing still")
        return looks[-1]

    def text(self, name: str) -> str:
        """Return what a field, label or button says."""
        return str(self.seen(name)["text"])

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of a view."""
        return self.ask("rows", name)

    def until(self, true: Callable[[], Any], what: str) -> Any:
        """Wait until something is so."""
        return until(true, what)

    def wait_until_open(self) -> Program:
        """Wait until the registry is on the map and nothing is at work."""
        until(lambda: (now := self.state()) and now["is_open"] and now["is_sharp"], "the registry's map")
        until(lambda: self.state()["is_active"], "the window in front")
        return self.settle()

    def settle(self) -> Program:
        """Wait until nothing is at work in the background."""
        until(lambda: not (now := self.state())["is_busy"] and now["is_sharp"], "the end of the work")
        return self

    def rest_of_start(self) -> Program:
        """Wait until the window is in front and no work is left, whatever it shows."""
        until(lambda: (now := self.state()) and now["is_active"], "the window in front")
        until(lambda: not self.state()["is_busy"], "the end of the work")
        return self

    def rest(self) -> Program:
        """Let the pointer rest on the status line; what was sent before has then arrived."""
        name = "status.message"
        room = self.seen(name)["room"]
        until(lambda: self._moved(room) and self.seen(name)["is_under_pointer"], f"the pointer on {name}")
        return self.settle()

    def _moved(self, room: list[int]) -> bool:
        self.hands.move(room[0] + 4, room[1] + room[3] / 2)
        self.hands.move(room[0] + 6, room[1] + room[3] / 2)
        return True

    def picture(self, name: str) -> Path:
        """Keep what the screen shows now."""
        return self.hands.picture(self.folder / f"{name}.png")

    # hands

    def click(self, name: str) -> None:
        """Click the middle of what is to be seen of a widget."""
        found = self.still(name)
        assert found["is_enabled"], f"{name} can't be clicked"
        self.hands.click(*middle(found["room"]))

    def scroll_to(self, name: str, inside: str) -> None:
        """Turn the wheel over the edge of a scrolled panel until a widget is wholly in sight."""

        def is_whole() -> bool:
            found = self.ask("seen", name)
            return found is not None and found["is_visible"] and found["room"] == found["rect"]

        def turned() -> bool:
            if is_whole():
                return True
            found, around = self.ask("seen", name), self.seen(inside)["room"]
            assert found is not None, f"nothing is called {name}"
            self.hands.move(around[0] + 5, around[1] + around[3] / 2)
            self.hands.wheel(1 if found["rect"][1] < around[1] else -1)
            return is_whole()

        until(turned, f"{name} scrolled into sight")

    def choose_all(self, name: str) -> None:
        """Select what the field that was clicked holds; an input method may hand the next key on before this one."""
        until(lambda: self.seen(name)["has_focus"], f"the cursor in {name}")
        self.hands.press("Ctrl+a")
        until(lambda: (now := self.seen(name))["selected"] in {None, now["text"]}, f"all of {name} selected")

    def type_into(self, name: str, text: str, *keys: str) -> None:
        """Click into a field, replace what it holds, and press keys."""
        self.click(name)
        self.choose_all(name)
        self.hands.type(text)
        self.hands.press(*keys)

    def paste_into(self, name: str, text: str, *keys: str) -> None:
        """Click into a field and replace what it holds by what was copied in another program."""
        self.hands.copy(text)
        self.click(name)
        self.choose_all(name)
        self.hands.press("Ctrl+v")
        until(lambda: self.text(name) == text, f"{text} in {name}")
        self.hands.press(*keys)

    def open_list(self, name: str) -> dict[str, Any]:
        """Click a choice box (one that can be typed into, on its arrow) and return its list once it stands still."""
        box = self.still(name)
        assert box["is_enabled"], f"{name} can't be clicked"
        x, y, width, height = box["rect"]
        self.hands.click(x + width - 9 if box["is_editable"] else x + width / 2, y + height / 2)
        found: list[Any] = []

        def is_still() -> Any:
            found.append(self.ask("popup"))
            return len(found) > 1 and found[-1] == found[-2] and found[-1] and found[-1]["rows"]

        until(is_still, f"the list of {name}")
        return found[-1]

    def choose(self, name: str, words: str) -> None:
        """Choose a line of a choice box with the mouse."""
        popup = self.open_list(name)
        line = next((row for row in popup["rows"] if row["texts"][0] == words), None)
        assert line is not None, f"{name} offers {[row['texts'][0] for row in popup['rows']]}"
        assert line["is_whole"], f"{words} can't be clicked in the list of {name}"
        self.hands.click(*middle(line["rects"][0]))
        until(lambda: self.ask("popup") is None, f"the end of the list of {name}")

    def choose_menu(self, menu: str, *lines: str) -> None:
        """Open a menu with the mouse and choose a line by the action's name, through submenus."""
        title = next(found for found in self.ask("menu_titles") if found["name"] == f"menu.{menu}")
        self.hands.click(*middle(title["rect"]))
        shown = f"menu.{menu}"
        for name in lines:
            until(lambda shown=shown: self.sees(shown), shown)
            line = next(found for found in self.ask("menu", shown) if found["name"] == name)
            assert line["is_enabled"], f"{name} is not offered"
            self.hands.move(line["rect"][0] + 20, line["rect"][1] + line["rect"][3] / 2)
            self.hands.click(line["rect"][0] + 24, line["rect"][1] + line["rect"][3] / 2)
            shown = name

    def click_row(self, view: str, code: str, column: int = 0) -> None:
        """Click a cell in the row of a record."""
        self.hands.click(*middle(self.row(view, code)["rects"][column]))

    def row(self, view: str, code: str) -> dict[str, Any]:
        """Return the row of a record, which must be in sight."""
        found: dict[str, Any] = until(
            lambda: next((row for row in self.rows(view) if row["code"] == code and row["is_whole"]), None),
            f"{code} in {view}",
        )
        return found

    def open_tab(self, words: str) -> None:
        """Open a tab of the bottom panel with the mouse, once the panel stands still."""
        looks: list[Any] = []

        def stands() -> Any:
            looks.append(self.ask("tab", "bottom.tab_bar", words) if self.sees("bottom.tab_bar") else None)
            return len(looks) > 3 and looks[-1] == looks[-2] == looks[-3] and looks[-1]

        self.rest()
        self.hands.click(*middle(until(stands, f"the tab {words}")))

    def go_to(self, text: str, code: str, *, by_paste: bool = False) -> None:
        """Find a record in the palette and select it."""
        self.hands.press("Ctrl+k")
        until(lambda: self.sees("palette.input") and self.seen("palette.input")["has_focus"], "the palette")
        if by_paste:
            self.paste_into("palette.input", text)
        else:
            self.hands.type(text)
        until(
            lambda: any(row["is_selected"] and row["code"] == code for row in self.rows("palette.results")),
            f"{text} found",
        )
        self.hands.press("Enter")
        until(lambda: self.state()["selection"] == [code], f"{code} selected")
        self.settle()

    def focus_map(self) -> None:
        """Put the hand on the map with the keyboard; Esc on the map itself would let the selection go."""
        until(lambda: not self.sees("palette"), "the palette away")
        if self.state()["focus"] != "map.canvas":
            self.hands.press("Esc")
        until(lambda: self.state()["focus"] == "map.canvas", "the hand on the map")


def middle(rect: list[int]) -> tuple[float, float]:
    """Return the middle of x, y, width, height."""
    return rect[0] + rect[2] / 2, rect[1] + rect[3] / 2


def is_on_screen(rect: list[int]) -> bool:
    """Whether x, y, width, height lie wholly on the screen."""
    return rect[0] >= 0 and rect[1] >= 0 and rect[0] + rect[2] <= SCREEN[0] and rect[1] + rect[3] <= SCREEN[1]
