"""What the system must bring beside Python's packages: Qt's libraries, and the programs that the tests use.

What is missing is found without asking the network, and installed with apt where that is allowed: as root, or by
sudo without a password. ``SYSTEM=no`` forbids it. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# The shared library Qt asks for → the Debian package it comes in.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libOpenGL.so.0": "libopengl0",
    "libX11.so.6": "libx11-6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
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

# What the tests use → the Debian package it comes in. A name with a slash is a file, any other a program.
FOR_THE_DESK = {
    "Xvfb": "xvfb",
    "xauth": "xauth",
    "xdotool": "xdotool",
    "openbox": "openbox",
    "dbus-daemon": "dbus",
    "dbus-launch": "dbus-x11",
    "import": "imagemagick",
    "xclip": "xclip",
    "xprop": "x11-utils",
    "localedef": "libc-bin",
    "/usr/share/i18n/locales/zh_CN": "locales",
    "ibus-daemon": "ibus",
    "/usr/share/ibus/component/libpinyin.xml": "ibus-libpinyin",
    "fcitx5": "fcitx5",
    "/usr/share/fcitx5/inputmethod/pinyin.conf": "fcitx5-pinyin",
}
FOR_OTHER_TESTS = {
    "chromium": "chromium",
    "pdftotext": "poppler-utils",
    "/usr/lib/python3/dist-packages/osgeo/__init__.py": "python3-gdal",
}

PROBE = "from PySide6.QtWidgets import QApplication; QApplication([])"


def missing_libraries(python: Path, *, with_display: bool) -> list[str]:
    """Return the shared libraries that Qt would not find: those of a display only if there is one."""
    ldd = shutil.which("ldd")
    if ldd is None or sys.platform != "linux":
        return []
    asked = "import importlib.util as u; print(u.find_spec('PySide6').submodule_search_locations[0])"
    answer = subprocess.run([python, "-P", "-c", asked], capture_output=True, text=True, check=True)
    folder = Path(answer.stdout.strip())
    plugins = FOR_ALL_PLUGINS + (FOR_A_DISPLAY if with_display else ())
    files = [folder / name for name in FOR_ALL] + [folder / "Qt" / "plugins" / name for name in plugins]
    files = [file for file in files if file.is_file()]
    listed = subprocess.run([ldd, *files], capture_output=True, text=True, check=False).stdout
    lines = (line.split("=>") for line in listed.splitlines() if "not found" in line and "=>" in line)
    return sorted({line[0].strip() for line in lines})


def missing_programs(*tables: dict[str, str]) -> dict[str, str]:
    """Return what is not there of these tables, with the package it comes in. Debian's own names: Linux only."""
    if sys.platform != "linux":
        return {}
    return {
        name: package
        for table in tables or (FOR_THE_DESK, FOR_OTHER_TESTS)
        for name, package in table.items()
        if not (Path(name).exists() if "/" in name else shutil.which(name))
    }


def wants_display() -> bool:
    """Whether a window is to be seen here: a screen is named, and nobody asked for drawing without one."""
    return bool(os.environ.get("DISPLAY")) and not os.environ.get("QT_QPA_PLATFORM")


def window_fault(python: Path | str, platform: str | None = None) -> str:
    """Return why Qt can't open a window on a platform (``offscreen``, or the one it takes itself), "" if it can."""
    environment = {**os.environ, **({"QT_QPA_PLATFORM": platform} if platform else {})}
    done = subprocess.run(
        [python, "-P", "-c", PROBE],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    )
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"status {done.returncode}"


def apt_get() -> list[str] | None:
    """Return the command that installs Debian packages here without asking anybody, None where that is not allowed."""
    if os.environ.get("SYSTEM", "").lower() in {"no", "0", "false"} or sys.platform != "linux":
        return None
    found = shutil.which("apt-get")
    if found is None:
        return None
    if os.geteuid() == 0:
        return [found]
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    asked = subprocess.run(
        [sudo, "-n", found, "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    return [sudo, "-n", found] if asked.returncode == 0 else None


def install(packages: list[str], apt: list[str]) -> str:
    """Install Debian packages; return "" or the system's own words on why some could not be.

    The lists that are there are tried first; where they are empty or old they are brought up to date. A name that this
    release doesn't know must not keep the others away, so at last each is tried by itself.
    """
    if _apt(apt, "install", packages) == "" or (
        _apt(apt, "update", []) == "" and _apt(apt, "install", packages) == ""
    ):
        return ""
    return "\n".join(words for package in packages if (words := _apt(apt, "install", [package])))


def _apt(apt: list[str], verb: str, packages: list[str]) -> str:
    options = ["-qq", "-y", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold"]
    if verb == "install":
        options.append("--no-install-recommends")
    done = subprocess.run(
        [*apt, *options, verb, *packages],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return ""
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return "\n".join(lines[-5:]) or f"apt-get {verb}: status {done.returncode}"
