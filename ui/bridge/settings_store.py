"""What the window remembers between runs; of a registry's content nothing but what waits to be written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QSettings

from app.services.keeping.looked import looked_at, path_beside

_RECENT = 8
_SERVER = "postgresql:"  # as the address of a shared registry begins


class SettingsStore:
    """Sizes per mode and screen, theme, recent files, drafts: one INI file."""

    def __init__(self, path: Path | None = None) -> None:
        given = path or os.environ.get("COMPOUND_REGISTRY_SETTINGS")
        self._settings = (
            QSettings(str(given), QSettings.Format.IniFormat)
            if given
            else QSettings(
                QSettings.Format.IniFormat,
                QSettings.Scope.UserScope,
                "compound-registry",
                "compound-registry",
            )
        )

    @property
    def theme(self) -> str:
        """Either "light" or "dark"."""
        return "dark" if self._settings.value("theme") == "dark" else "light"

    @theme.setter
    def theme(self, name: str) -> None:
        self._settings.setValue("theme", name)

    @property
    def lang(self) -> str:
        """The language chosen in the window: "zh", as delivered, or "en"."""
        return "en" if self._settings.value("lang") == "en" else "zh"

    @lang.setter
    def lang(self, name: str) -> None:
        self._settings.setValue("lang", name)

    @property
    def topic(self) -> str:
        """The topic chosen last; "" before any was."""
        return str(self._settings.value("topic") or "")

    @topic.setter
    def topic(self, name: str) -> None:
        self._settings.setValue("topic", name)

    @property
    def radar_days(self) -> int:
        """How many days ahead the expiry radar looks; 90 before any was chosen."""
        try:
            return int(str(self._settings.value("radar_days") or 90))
        except ValueError:
            return 90

    @radar_days.setter
    def radar_days(self, days: int) -> None:
        self._settings.setValue("radar_days", days)

    @property
    def outline_case(self) -> str:
        """What the last edit of an outline was said to be: "wrong" before (as delivered), or other "from" a day on."""
        return "from" if self._settings.value("outline_case") == "from" else "wrong"

    @outline_case.setter
    def outline_case(self, case: str) -> None:
        self._settings.setValue("outline_case", case)

    def folder(self, purpose: str) -> Path | None:
        """Return the folder that a file was last picked in for this purpose, if it is still there."""
        kept = self._settings.value(f"folders/{purpose}")
        return Path(kept) if isinstance(kept, str) and kept and Path(kept).is_dir() else None

    def keep_folder(self, purpose: str, folder: Path) -> None:
        """Remember where a file was picked."""
        self._settings.setValue(f"folders/{purpose}", str(folder))

    def choices(self, sheet: str) -> dict[str, Any]:
        """Return what was chosen in a sheet last time, by field; {} before anything was."""
        found = self._json(f"choices/{sheet}")
        return found if isinstance(found, dict) else {}

    def keep_choices(self, sheet: str, chosen: dict[str, Any]) -> None:
        """Remember what was chosen in a sheet."""
        self._settings.setValue(f"choices/{sheet}", json.dumps(chosen, ensure_ascii=False))

    def folded(self) -> dict[str, bool]:
        """Return which sections of panels a user opened (False) or folded (True), by their names."""
        found = self._json("folded")
        return {str(k): bool(v) for k, v in found.items()} if isinstance(found, dict) else {}

    def keep_folded(self, name: str, *, is_folded: bool) -> None:
        """Remember that a section was opened or folded."""
        self._settings.setValue("folded", json.dumps(self.folded() | {name: is_folded}, ensure_ascii=False))

    def columns(self, table: str) -> list[str] | None:
        """Return the columns a user chose for a table, or None."""
        found = self._json(f"columns/{table}")
        return [str(name) for name in found] if isinstance(found, list) else None

    def keep_columns(self, table: str, names: list[str]) -> None:
        """Remember which columns a table shows."""
        self._settings.setValue(f"columns/{table}", json.dumps(names, ensure_ascii=False))

    def forget_columns(self, table: str) -> None:
        """Show a table's columns as delivered."""
        self._settings.remove(f"columns/{table}")

    def sizes(self, mode: str, band: str) -> dict[str, int]:
        """Return the panel sizes a user chose in this mode at this width band; empty if none."""
        found = self._json(f"sizes/{mode}/{band}")
        if not isinstance(found, dict):
            return {}
        return {str(key): int(size) for key, size in found.items() if isinstance(size, int)}

    def keep_sizes(self, mode: str, band: str, sizes: dict[str, int]) -> None:
        """Remember panel sizes."""
        self._settings.setValue(f"sizes/{mode}/{band}", json.dumps(sizes))

    def forget_sizes(self) -> None:
        """Go back to the layout as delivered."""
        self._settings.remove("sizes")

    def recent(self) -> list[tuple[str, str]]:
        """Return (path, last opened as ISO text), newest first, of files and folders that still exist and of servers."""
        found = self._json("recent")
        if not isinstance(found, list):
            return []
        rows = [(str(row[0]), str(row[1])) for row in found if isinstance(row, list) and len(row) == 2]
        return [row for row in rows if Path(row[0]).exists() or row[0].startswith(_SERVER)]

    def keep_recent(self, path: Path, at: str) -> None:
        """Put a file at the top of the list."""
        rows = [[str(path), at], *([p, t] for p, t in self.recent() if p != str(path))]
        self._settings.setValue("recent", json.dumps(rows[:_RECENT], ensure_ascii=False))

    def draft(self, registry: str) -> dict[str, Any] | None:
        """Return the half-drawn outline kept for a registry (by its id or path), or None."""
        found = self._json(f"drafts/{_key(registry)}")
        return found if isinstance(found, dict) else None

    def keep_draft(self, registry: str, draft: dict[str, Any] | None) -> None:
        """Keep a half-drawn outline aside, or forget it."""
        if draft is None:
            self._settings.remove(f"drafts/{_key(registry)}")
        else:
            self._settings.setValue(f"drafts/{_key(registry)}", json.dumps(draft, ensure_ascii=False))
        self._settings.sync()

    def conflicts(self, registry: str) -> list[dict[str, Any]]:
        """Return the changes of a registry that wait for a choice, as they were kept; [] where none do."""
        found = self._json(f"conflicts/{_key(registry)}")
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def keep_conflicts(self, registry: str, changes: list[dict[str, Any]]) -> None:
        """Keep the changes that wait for a choice, at once: they are nowhere else."""
        if changes:
            kept = json.dumps(changes, ensure_ascii=False)
            self._settings.setValue(f"conflicts/{_key(registry)}", kept)
        else:
            self._settings.remove(f"conflicts/{_key(registry)}")
        self._settings.sync()

    def sides(self, registry: str) -> dict[str, dict[str, str]]:
        """Return what was chosen so far in changes that came back to a registry and wait: by change, then by disagreement."""
        found = self._json(f"sides/{_key(registry)}")
        return found if isinstance(found, dict) else {}

    def keep_sides(self, registry: str, change: str, chosen: dict[str, str]) -> None:
        """Keep what was chosen in a change that waits, at once; {} once nothing is."""
        kept = {**self.sides(registry), change: chosen}
        said = json.dumps({change: chosen for change, chosen in kept.items() if chosen})
        self._settings.setValue(f"sides/{_key(registry)}", said)
        self._settings.sync()

    def target(self, registry: str) -> float:
        """Return the rate aimed at in a registry, 0 to 1; all of it before another was chosen."""
        found = self._settings.value(f"targets/{_key(registry)}")
        try:
            return 1.0 if found is None else min(1.0, max(0.0, float(str(found))))
        except ValueError:
            return 1.0

    def keep_target(self, registry: str, target: float) -> None:
        """Remember the rate aimed at in a registry."""
        self._settings.setValue(f"targets/{_key(registry)}", target)

    @property
    def review_level(self) -> str:
        """The level of units that was looked at last in a review; streets before any was."""
        return str(self._settings.value("review_level") or "street")

    @review_level.setter
    def review_level(self, level: str) -> None:
        self._settings.setValue("review_level", level)

    @property
    def file_name(self) -> str:
        """The settings file."""
        return self._settings.fileName()

    def looked(self, registry: str) -> int:
        """Return the number of the last step that was looked at in a registry, by its id; 0 before anybody looked."""
        return looked_at(registry, path_beside(Path(self.file_name)))

    def geometry(self) -> QByteArray | None:
        """Return the window's last place on the screen."""
        found = self._settings.value("geometry")
        return found if isinstance(found, QByteArray) else None

    def keep_geometry(self, geometry: QByteArray) -> None:
        """Remember the window's place on the screen."""
        self._settings.setValue("geometry", geometry)

    def sync(self) -> None:
        """Write what is still in memory."""
        self._settings.sync()

    def _json(self, key: str) -> Any:
        text = self._settings.value(key)
        if not isinstance(text, str):
            return None
        try:
            return json.loads(text)
        except ValueError:
            return None


def _key(registry: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in registry)
