"""The desk itself: an X server, a window manager, a session bus and a Chinese locale, each started once."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCREEN = (1366, 768)
LOCALE = "zh_CN.UTF-8"
PROGRAMS = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "dbus-daemon": "dbus",
    "localedef": "libc-bin",
    "xclip": "xclip",
}
PATIENCE = float(
    os.environ.get("DESK_PATIENCE", "30")
)  # [s] after which a desk that does not answer is a failure
_PAUSE = threading.Event()  # never set: between two looks


def until(true: Callable[[], Any], what: str, limit: float = PATIENCE) -> Any:
    """Look again and again until something is so, and return it; fail with what was waited for."""
    end = monotonic() + limit
    while not (found := true()):
        assert monotonic() < end, f"waited {limit:.0f} s in vain: {what}"
        _PAUSE.wait(0.01)
    return found


def missing() -> list[str]:
    """Return the packages without which there is no desk."""
    found = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if not has_locale() and not Path("/usr/share/i18n/locales/zh_CN").exists():
        found.append("locales")
    return found


def has_locale() -> bool:
    """Whether the system has the locale that users have."""
    told = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
    return "zh_CN.utf8" in told.split()


@dataclass(frozen=True, slots=True)
class Desk:
    """A running desk: what a program must be told to appear on it."""

    display: str
    folder: Path
    environment: dict[str, str] = field(repr=False)


@contextmanager
def opened_desk(folder: Path) -> Iterator[Desk]:
    """Start a desk whose files lie in ``folder``, and end all of it afterwards."""
    with ExitStack() as ends:
        display = _x_server(folder, ends)
        environment = _bare_environment(folder) | {"DISPLAY": display}
        environment |= _locale(folder)
        environment |= bus(folder, environment, ends)
        _window_manager(folder, environment, ends)
        yield Desk(display, folder, environment)


def start(command: list[str], folder: Path, environment: dict[str, str], ends: ExitStack, **more: Any) -> Any:
    """Start a program of the desk that is ended with it; what it says is kept in ``folder``."""
    said = ends.enter_context((folder / f"{Path(command[0]).name}.txt").open("ab"))
    process = subprocess.Popen(command, env=environment, stdout=more.pop("stdout", said), stderr=said, **more)
    ends.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _bare_environment(folder: Path) -> dict[str, str]:
    """Return an environment with a home of its own and nothing of the one who runs the tests."""
    kept = {key: os.environ[key] for key in ("PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH") if key in os.environ}
    home = folder / "home"
    rooms = {
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_RUNTIME_DIR": folder / "run",
        "TMPDIR": folder / "tmp",
    }
    for room in rooms.values():
        room.mkdir(parents=True, exist_ok=True)
        room.chmod(0o700)
    return kept | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"} | {k: str(v) for k, v in rooms.items()}


def _x_server(folder: Path, ends: ExitStack) -> str:
    """Start a server on the first free number; it tells the number when it takes clients."""
    reading, writing = os.pipe()
    size = f"{SCREEN[0]}x{SCREEN[1]}x24"
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    start(command, folder, dict(os.environ), ends, pass_fds=(writing,))
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    assert number.isdigit(), (folder / "Xvfb.txt").read_text("utf-8", "replace")
    return f":{number}"


def _locale(folder: Path) -> dict[str, str]:
    """Return what makes a program speak the users' locale; it is made where the system has none."""
    if has_locale():
        return {"LC_ALL": LOCALE}
    place = folder / "locale"
    place.mkdir(exist_ok=True)
    command = ["localedef", "-i", "zh_CN", "-f", "UTF-8", str(place / LOCALE)]
    subprocess.run(command, check=True, capture_output=True)
    return {"LC_ALL": LOCALE, "LOCPATH": str(place)}


def bus(folder: Path, environment: dict[str, str], ends: ExitStack) -> dict[str, str]:
    """Start a session bus and return where it is."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
    process = start(command, folder, environment, ends, stdout=subprocess.PIPE)
    address = process.stdout.readline().decode().strip()
    assert address, "the session bus told no address"
    return {"DBUS_SESSION_BUS_ADDRESS": address}


def _window_manager(folder: Path, environment: dict[str, str], ends: ExitStack) -> None:
    from Xlib import X
    from Xlib.display import Display

    start(["openbox"], folder, environment, ends)
    display = Display(environment["DISPLAY"])
    ends.callback(display.close)
    mark = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
    root = display.screen().root
    until(lambda: root.get_full_property(mark, X.AnyPropertyType), "a window manager")
