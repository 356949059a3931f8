"""Hands from outside the program: pointer, wheel and keys through the server's XTEST, and the clipboard."""

from __future__ import annotations

import subprocess
from time import monotonic
from typing import TYPE_CHECKING

from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest
from Xlib.protocol.event import ClientMessage

from tests.desk.session import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.session import Desk

NAMED = {
    "Enter": "Return", "Esc": "Escape", "Space": "space", "PageDown": "Next", "PageUp": "Prior", "Backspace": "BackSpace",
    "Ctrl": "Control_L", "Shift": "Shift_L", "Alt": "Alt_L",
}  # fmt: skip
SIGNS = {
    " ": "space", "-": "minus", "/": "slash", ".": "period", ",": "comma", "_": "underscore", ":": "colon",
    "+": "plus", "[": "bracketleft", "]": "bracketright", "%": "percent", "=": "equal", "*": "asterisk", "@": "at",
}  # fmt: skip
LEFT, RIGHT, UP, DOWN = 1, 3, 4, 5
TICK = 0.005  # [s] a few of the server's clock
TWICE = 0.45  # [s] within which Qt takes two clicks on one spot for a double click


class Hands:
    """One user's hands on a desk. Places are pixels of the screen."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._display = Display(desk.display)
        self._last: tuple[int, int, float] = (-1, -1, 0.0)
        self._owner: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """Leave the desk."""
        self.drop_clipboard()
        self._display.close()

    # pointer

    def move(self, x: float, y: float) -> None:
        """Move the pointer."""
        xtest.fake_input(self._display, X.MotionNotify, x=round(x), y=round(y))
        self._display.sync()

    def down(self, button: int = LEFT) -> None:
        """Press a button of the mouse."""
        xtest.fake_input(self._display, X.ButtonPress, button)
        self._display.sync()

    def up(self, button: int = LEFT) -> None:
        """Let a button of the mouse go."""
        xtest.fake_input(self._display, X.ButtonRelease, button)
        self._display.sync()

    def click(self, x: float, y: float, button: int = LEFT) -> None:
        """Click once; never so soon after a click on the same spot that both are one double click."""
        spot = (round(x), round(y))
        if abs(spot[0] - self._last[0]) + abs(spot[1] - self._last[1]) < 12:
            until(lambda: monotonic() - self._last[2] > TWICE, "a second click of its own")
        self.move(*spot)
        self.down(button)
        self.up(button)
        self._last = (*spot, monotonic())

    def double_click(self, x: float, y: float) -> None:
        """Click twice; not within one tick of the server's clock, which Qt takes for no double click."""
        self.click(x, y)
        until(lambda: monotonic() - self._last[2] > TICK, "the second click's own time")
        self.down()
        self.up()

    def drag(self, start: tuple[float, float], *way: tuple[float, float]) -> None:
        """Press at one place, move through others, let go at the last."""
        self.move(*start)
        self.down()
        for spot in way:
            for part in (0.25, 0.5, 0.75, 1.0):
                self.move(start[0] + (spot[0] - start[0]) * part, start[1] + (spot[1] - start[1]) * part)
            start = spot
        self.up()

    def wheel(self, notches: int) -> None:
        """Turn the wheel where the pointer is: up where positive."""
        for _ in range(abs(notches)):
            self.down(UP if notches > 0 else DOWN)
            self.up(UP if notches > 0 else DOWN)

    # keys

    def press(self, *chords: str) -> None:
        """Press keys one after another: "Enter", "a", "Ctrl+Shift+Z"."""
        for chord in chords:
            *held, key = chord.split("+") if len(chord) > 1 else [chord]
            self._chord(held, key)

    def type(self, text: str) -> None:
        """Type letters, digits and signs that a keyboard has."""
        for letter in text:
            self._chord([], letter)

    def _chord(self, held: list[str], key: str) -> None:
        keysym = XK.string_to_keysym(NAMED.get(key) or SIGNS.get(key) or key)
        codes = list(self._display.keysym_to_keycodes(keysym))
        assert codes, f"the keyboard has no key {key!r}"
        code, level = min(codes, key=lambda found: found[1])
        modifiers = [self._code(name) for name in held]
        if level == 1 and "Shift" not in held and not held:
            modifiers.append(self._code("Shift"))
        for modifier in modifiers:
            xtest.fake_input(self._display, X.KeyPress, modifier)
        xtest.fake_input(self._display, X.KeyPress, code)
        xtest.fake_input(self._display, X.KeyRelease, code)
        for modifier in reversed(modifiers):
            xtest.fake_input(self._display, X.KeyRelease, modifier)
        self._display.sync()

    def _code(self, name: str) -> int:
        return self._display.keysym_to_keycode(XK.string_to_keysym(NAMED.get(name, name)))

    # clipboard

    def copy(self, text: str) -> None:
        """Put a text on the clipboard, as another program would that goes on running."""
        self.drop_clipboard()
        command = ["xclip", "-quiet", "-selection", "clipboard", "-in"]
        self._owner = subprocess.Popen(
            command, env=self._desk.environment, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._owner.stdin is not None
        self._owner.stdin.write(text.encode())
        self._owner.stdin.close()
        clipboard = self._display.intern_atom("CLIPBOARD")
        until(lambda: self._display.get_selection_owner(clipboard) != X.NONE, "an owner of the clipboard")

    def drop_clipboard(self) -> None:
        """Let go of what was copied from outside."""
        if self._owner is not None:
            self._owner.terminate()
            self._owner.wait()
            self._owner = None
            clipboard = self._display.intern_atom("CLIPBOARD")
            until(lambda: self._display.get_selection_owner(clipboard) == X.NONE, "a clipboard without owner")

    # screen

    def windows(self) -> list[tuple[int, str]]:
        """Return (id, title) of the windows that the window manager knows, the newest last."""
        root = self._display.screen().root
        listed = root.get_full_property(self._display.intern_atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
        return [(number, self._title(number)) for number in (listed.value if listed else [])]

    def _title(self, number: int) -> str:
        window = self._display.create_resource_object("window", number)
        found = window.get_full_property(self._display.intern_atom("_NET_WM_NAME"), X.AnyPropertyType)
        return found.value.decode("utf-8", "replace") if found else ""

    def active_window(self) -> int:
        """Return the id of the window in front."""
        root = self._display.screen().root
        found = root.get_full_property(self._display.intern_atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
        return int(found.value[0]) if found else 0

    def close_window(self, number: int) -> None:
        """Close a window as its button or the task bar does."""
        self._tell(number, "_NET_CLOSE_WINDOW", [0, 2, 0, 0, 0])

    def minimise(self, number: int) -> None:
        """Put a window away into the task bar."""
        self._tell(number, "WM_CHANGE_STATE", [3, 0, 0, 0, 0])

    def _tell(self, number: int, kind: str, data: list[int]) -> None:
        root = self._display.screen().root
        window = self._display.create_resource_object("window", number)
        event = ClientMessage(window=window, client_type=self._display.intern_atom(kind), data=(32, data))
        root.send_event(event, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self._display.sync()

    def picture(self, path: Path) -> Path:
        """Save what the screen shows."""
        from PySide6.QtGui import QImage

        root = self._display.screen().root
        size = root.get_geometry()
        got = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
        image = QImage(got.data, size.width, size.height, size.width * 4, QImage.Format.Format_RGB32)
        assert image.save(str(path)), path
        return path

    def part(self, x: int, y: int, width: int, height: int) -> bytes:
        """Return a part of the screen, four bytes a pixel."""
        root = self._display.screen().root
        return bytes(root.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF).data)

    def colours(self, x: int, y: int, width: int, height: int) -> set[int]:
        """Return the colours (0xRRGGBB) in a part of the screen."""
        data = self.part(x, y, width, height)
        return {int.from_bytes(data[at : at + 3], "little") for at in range(0, len(data), 4)}
