"""The two sides of `bench --against`: a checkout, the Python that runs it, and what both are."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.errors import InvalidInput
from app.text import Text
from ui.cli.bench.turns import OURS, THEIRS, LeftOutError

ROOT: Final = Path(__file__).resolve().parents[3]
PROBE: Final = Path(__file__).with_name("probe.py")
HANDS: Final = Path(__file__).with_name("hands.py")
_PEERS: Final = "ui.cli.bench.peers"
PATIENCE_S: Final = 3600
LOOK_S: Final = 0.01  # between two looks at how much memory is taken
_PACKAGES: Final = ("PySide6-Essentials", "shapely", "geopandas", "numpy", "SQLAlchemy", "pyogrio")
_ASK_VERSIONS: Final = (
    "import json, platform, sys\n"
    "from importlib.metadata import PackageNotFoundError, version\n"
    "found = {'python': platform.python_version()}\n"
    "for name in sys.argv[1:]:\n"
    "    try:\n"
    "        found[name] = version(name)\n"
    "    except PackageNotFoundError:\n"
    "        found[name] = ''\n"
    "print(json.dumps(found))\n"
)


@dataclass(frozen=True, slots=True)
class Side:
    """One checkout and where its files of this measurement lie.

    Attributes
    ----------
    name : str
        ``ours`` or ``theirs``.
    checkout : Path
        The folder that holds its ``main.py``.
    python : Path
        The interpreter of its own ``.venv``, or ours where it has none.
    folder : Path
        Registries, settings and compiled modules of this side; nothing is written into the checkout.

    """

    name: str
    checkout: Path
    python: Path
    folder: Path

    def verb(self, *arguments: str) -> tuple[float, str]:
        """Run a verb in a process of its own; return its seconds and what it printed."""
        return self._run([str(self.checkout / "main.py"), *arguments])

    def watched(self, *arguments: str) -> tuple[float, float]:
        """Run a verb; return the processor seconds of all its processes, and the most memory that its own took [MB].

        Raises LeftOutError also where the system tells no processor time of processes that have ended.
        """
        import psutil

        try:
            import resource
        except ImportError as missing:
            raise LeftOutError(str(missing)) from missing
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        errors = self.folder / "errors.txt"
        most = 0
        with errors.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603  # the checkout that the user named
                [str(self.python), "-P", str(self.checkout / "main.py"), *arguments],
                cwd=self.checkout,
                env=self._environment(),
                stdout=subprocess.DEVNULL,
                stderr=file,
            )
            seen = psutil.Process(process.pid)
            while process.poll() is None:
                with contextlib.suppress(psutil.Error, subprocess.TimeoutExpired):
                    most = max(most, seen.memory_info().rss)
                    process.wait(LOOK_S)
        if process.returncode != 0:
            raise LeftOutError(f"status {process.returncode}: {errors.read_text('utf-8', 'replace')[-300:]}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most / 1e6

    def probe(self, what: str, registry: Path) -> dict[str, Any]:
        """Let the driver open the window on this side's registry; return seconds by act and mark."""
        started = repr(time.time())
        _, printed = self._run([str(PROBE), what, str(registry), started, str(self.checkout)])
        return dict(json.loads(printed.strip().splitlines()[-1]))

    def hands(self, what: str, registry: Path, rounds: int) -> dict[str, list[float]]:
        """Let the driver without a window do one thing to this side's registry; return figures by mark."""
        _, printed = self._run([str(HANDS), what, str(registry), str(rounds), str(self.checkout)])
        return dict(json.loads(printed.strip().splitlines()[-1]))

    def peer(self, name: str, path: Path, out: Path) -> dict[str, list[float]]:
        """Let a peer do its work with this side's Python; return figures by mark."""
        _, printed = self._run(["-m", _PEERS, name, str(path), str(out)])
        return dict(json.loads(printed.strip().splitlines()[-1]))

    def bare(self) -> float:
        """Return the seconds in which this side's Python starts and does nothing."""
        return self._run(["-c", "pass"])[0]

    def told(self) -> dict[str, Any]:
        """Return what this side is: version, commit, Python and the packages that matter to the figures."""
        _, printed = self._run(["-c", _ASK_VERSIONS, *_PACKAGES])
        return {
            "version": _version_of(self.checkout),
            "commit": _commit_of(self.checkout),
            "own_python": self.python.parent.parent == self.checkout / ".venv",
            **json.loads(printed),
        }

    def _environment(self) -> dict[str, str]:
        return {
            name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "VIRTUAL_ENV"}
        } | {
            "QT_QPA_PLATFORM": "offscreen",
            "COMPOUND_REGISTRY_SETTINGS": str(self.folder / "settings.ini"),
            "PYTHONPATH": str(self.checkout),
            "PYTHONPYCACHEPREFIX": str(self.folder / "compiled"),
            "PYTHONDONTWRITEBYTECODE": "",
        }

    def _run(self, arguments: list[str]) -> tuple[float, str]:
        began = time.perf_counter()
        try:
            done = subprocess.run(  # noqa: S603  # the checkout that the user named, a script of ours
                [str(self.python), "-P", *arguments],
                cwd=self.checkout,
                env=self._environment(),
                capture_output=True,
                text=True,
                encoding="utf-8",
                errors="replace",
                timeout=PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            raise LeftOutError(str(fault)) from fault
        took = time.perf_counter() - began
        if done.returncode != 0:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            raise LeftOutError(f"status {done.returncode}: {lines[-1] if lines else ''}")
        return took, done.stdout


def our_side(folder: Path) -> Side:
    """Return this program's own side, with a folder of its own."""
    side = Side(OURS, ROOT, Path(sys.executable), folder / OURS)
    side.folder.mkdir(parents=True)
    return side


def both_sides(other: Path, folder: Path) -> tuple[Side, Side]:
    """Return our side and the other's, each with a folder of its own.

    Raises InvalidInput if ``other`` holds no program of ours that runs.
    """
    other = other.resolve()
    if not (other / "main.py").is_file():
        raise InvalidInput(
            Text(
                f"{other} 里没有 main.py：要给的是另一份检出的文件夹。",
                f"There is no main.py in {other}: name the folder of another checkout.",
            )
        )
    theirs = Side(THEIRS, other, _python_for(other), folder / THEIRS)
    theirs.folder.mkdir(parents=True)
    sides = (our_side(folder), theirs)
    try:
        sides[1].verb("--help")
    except LeftOutError as fault:
        raise InvalidInput(
            Text(
                f"{other} 里的程序跑不起来（{sides[1].python}）：{fault}",
                f"The program in {other} does not run (by {sides[1].python}): {fault}",
            )
        ) from fault
    return sides


def _python_for(checkout: Path) -> Path:
    for place in ("bin/python", "Scripts/python.exe"):
        if (checkout / ".venv" / place).exists():
            return checkout / ".venv" / place
    return Path(sys.executable)


def _version_of(checkout: Path) -> str:
    try:
        project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return ""
    return str(project.get("version", ""))


def _commit_of(checkout: Path) -> str:
    git = shutil.which("git")
    if git is None or not (checkout / ".git").exists():
        return ""
    asked = [git, "-C", str(checkout), "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603  # git on a named folder
    return done.stdout.strip() if done.returncode == 0 else ""
