"""Everything a fresh machine needs: a virtual environment, the pinned packages, and a word if Qt lacks a library.

Run by ``make``; needs nothing but a Python of 3.11 to 3.13 and is quick when there is nothing to do:
``python3 scripts/set_up.py``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up.sha256"
OLDEST, NEWEST = (3, 11), (3, 13)

# The shared library Qt asks for → the Debian package it comes in.
DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
}
FOR_ALL = ("QtCore.abi3.so", "QtGui.abi3.so", "QtWidgets.abi3.so", "QtNetwork.abi3.so", "QtSvg.abi3.so")
FOR_ALL_PLUGINS = ("platforms/libqoffscreen.so", "imageformats/libqjpeg.so")
FOR_A_DISPLAY = ("platforms/libqxcb.so",)


def main() -> int:
    python = python_of(VENV)
    if not is_usable(python):
        make_environment()
        python = python_of(VENV)
    wanted = fingerprint(python)
    if not STAMP.is_file() or STAMP.read_text("utf-8") != wanted:
        install(python)
        STAMP.write_text(wanted, "utf-8")
    compile_all(python)
    missing = missing_libraries(python) if sys.platform == "linux" else []
    if missing:
        packages = sorted({DEBIAN_PACKAGES.get(name, "") for name in missing} - {""})
        unknown = sorted(name for name in missing if name not in DEBIAN_PACKAGES)
        say(
            "窗口用的 Qt 在本机缺少系统库：" + " ".join(missing) + "。",
            "Qt, which draws the window, lacks libraries on this machine: " + " ".join(missing) + ".",
        )
        if packages:
            command = "apt-get install " + " ".join(packages)
            say(f"以管理员身份执行：{command}", f"As the administrator, run: {command}")
        if unknown:
            say(
                "不知道在哪个软件包里：" + " ".join(unknown),
                "Look for the package that holds: " + " ".join(unknown),
            )
        return 2
    return 0


def python_of(environment: Path) -> Path:
    """Return where an environment keeps its interpreter."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_usable(python: Path) -> bool:
    """Whether this interpreter starts, is of a version we support and can install packages."""
    if not python.exists():
        return False
    asked = "import sys, pip; print(sys.version_info.major, sys.version_info.minor, sys.prefix)"
    answer = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return False
    major, minor, prefix = answer.stdout.strip().split(" ", 2)
    return OLDEST <= (int(major), int(minor)) <= NEWEST and Path(prefix) == python.parent.parent


def make_environment() -> None:
    """Make ``.venv`` anew with the first Python of this machine that fits."""
    base = supported_python()
    say(f"建立虚拟环境 .venv（{base}）…", f"Making the virtual environment .venv with {base} …")
    if VENV.exists():
        shutil.rmtree(VENV)
    made = subprocess.run([base, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "建不了虚拟环境。Debian 上以管理员身份执行：apt-get install python3-venv。原话：\n"
            + made.stdout
            + made.stderr,
            "Python can't make a virtual environment. On Debian run as the administrator: "
            "apt-get install python3-venv. Its own words are above.",
        )


def supported_python() -> str:
    """Return the interpreter to build on: this one if it fits, else the newest that fits on the path."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return getattr(sys, "_base_executable", None) or sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    stop(
        f"需要 Python 3.11、3.12 或 3.13，这里的 python3 是 {sys.version.split()[0]}。"
        "Debian 上以管理员身份执行：apt-get install python3 python3-venv。",
        f"Python 3.11, 3.12 or 3.13 is needed; python3 here is {sys.version.split()[0]}. "
        "On Debian run as the administrator: apt-get install python3 python3-venv.",
    )
    raise AssertionError


def fingerprint(python: Path) -> str:
    """Return a digest of what the environment was made from and where."""
    digest = hashlib.sha256(str(python).encode())
    for name in ("pyproject.toml", "constraints.txt", "scripts/set_up.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def install(python: Path) -> None:
    """Install the pinned packages and the program itself, editable."""
    say("安装依赖（首次要几分钟）…", "Installing packages (the first time takes a few minutes) …")
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    pins = ["--constraint", str(ROOT / "constraints.txt")]
    for what in (["setuptools"], ["--no-build-isolation", "--editable", f"{ROOT}[dev]"]):
        if subprocess.run([*pip, *pins, *what], check=False, cwd=ROOT).returncode != 0:
            stop(
                "装不上依赖，原因见上。多半是连不上 PyPI：检查网络，或用 PIP_INDEX_URL 指到本单位的镜像。",
                "The packages could not be installed; the reason is above. Most often PyPI is out of reach: "
                "check the network, or point PIP_INDEX_URL at your own mirror.",
            )


def compile_all(python: Path) -> None:
    """Compile our own modules once: where Python may not keep what it compiles, each start would pay again."""
    sources = ["app", "geo", "ui", "resources", "main.py"]
    subprocess.run([python, "-m", "compileall", "-q", *sources], check=False, cwd=ROOT, capture_output=True)


def missing_libraries(python: Path) -> list[str]:
    """Return the shared libraries that Qt would not find: the screen's own only where there is a screen."""
    ldd = shutil.which("ldd")
    if ldd is None:
        return []
    asked = "import PySide6, pathlib; print(pathlib.Path(PySide6.__file__).parent)"
    answer = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
    folder = Path(answer.stdout.strip())
    plugins = FOR_ALL_PLUGINS
    if os.environ.get("DISPLAY") and not os.environ.get("QT_QPA_PLATFORM"):
        plugins += FOR_A_DISPLAY
    files = [folder / name for name in FOR_ALL] + [folder / "Qt" / "plugins" / name for name in plugins]
    files = [file for file in files if file.is_file()]
    listed = subprocess.run([ldd, *files], capture_output=True, text=True, check=False).stdout
    lines = (line.split("=>") for line in listed.splitlines() if "not found" in line and "=>" in line)
    return sorted({line[0].strip() for line in lines})


def say(zh: str, en: str) -> None:
    """Tell the person at the terminal, in both languages."""
    print(f"{zh}\n{en}", file=sys.stderr, flush=True)


def stop(zh: str, en: str) -> None:
    """Tell why nothing more can be done, and end."""
    say(zh, en)
    raise SystemExit(2)


if __name__ == "__main__":
    raise SystemExit(main())
