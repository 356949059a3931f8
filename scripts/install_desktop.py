"""Put the program into this user's menu, so that a registry opens by a double click; or take it out again.

    python scripts/install_desktop.py [--remove]

Writes a desktop entry, the icon and the kind of file into the user's own data folder (freedesktop.org); no rights of an
administrator are needed. Run it again after the program's folder has moved.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_NAME = "compound-registry"
_SIDES = (16, 32, 48, 128, 256)


def run() -> int:
    """Install or remove, and say where."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--remove", action="store_true", help="take it out of the menu again")
    is_removed = parser.parse_args().remove
    if not sys.platform.startswith("linux"):
        print("这一步只用于 Linux 桌面。/ This step is for Linux desktops only.", file=sys.stderr)
        return 2
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    for place, content in _files(data).items():
        if is_removed:
            place.unlink(missing_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    _tell("update-mime-database", data / "mime")
    _tell("update-desktop-database", data / "applications")
    entry = data / "applications" / f"{_NAME}.desktop"
    if is_removed:
        print(f"已从菜单移除。/ Removed from the menu: {entry}")
    else:
        print(
            f"已放进菜单，双击 .gpkg 即可打开。/ In the menu now; .gpkg files open by a double click: {entry}"
        )
    return 0


def _files(data: Path) -> dict[Path, bytes]:
    desktop, icons = _ROOT / "resources" / "desktop", _ROOT / "resources" / "icon"
    entry = (desktop / f"{_NAME}.desktop").read_text(encoding="utf-8")
    entry = entry.replace("@PYTHON@", _quoted(sys.executable)).replace("@MAIN@", _quoted(_ROOT / "main.py"))
    found = {
        data / "applications" / f"{_NAME}.desktop": entry.encode(),
        data / "mime" / "packages" / f"{_NAME}.xml": (desktop / f"{_NAME}.xml").read_bytes(),
    }
    for side in _SIDES:
        folder = data / "icons" / "hicolor" / f"{side}x{side}" / "apps"
        found[folder / f"{_NAME}.png"] = (icons / f"{_NAME}-{side}.png").read_bytes()
    return found


def _quoted(path: str | Path) -> str:
    """Return a path as the Exec line of a desktop entry wants it."""
    said = str(path).replace("%", "%%")
    for sign in '\\"`$':
        said = said.replace(sign, f"\\{sign}")
    return f'"{said}"'


def _tell(program: str, folder: Path) -> None:
    """Have a desktop's own index made anew, where there is one."""
    if shutil.which(program) and folder.is_dir():
        subprocess.run([program, str(folder)], check=True)


if __name__ == "__main__":
    sys.exit(run())
