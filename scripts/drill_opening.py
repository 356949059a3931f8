"""Open a registry over and over while another process makes it grow and is killed again and again: none is refused.

    python scripts/drill_opening.py [--openings N] [--kills N] [--mode WAL|DELETE]

The control judges the file by its first bytes, as version 0.2.0 did: it counts how often that would have refused a
registry that is whole.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.domain.record import make_record
from app.errors import RegistryError
from app.persistence.care import must_be_registry
from app.services import care, edit
from app.services.profiles import load_profile
from app.services.registry import Registry, create_registry

ROOT = Path(__file__).resolve().parents[1]
_COMPOUNDS = 60
_LOOKS = 100  # of the control, an opening: the moment that it would trip over is short


@dataclass(slots=True)
class Outcome:
    """What a drill saw; ``by_bytes``: looks of the control that would have refused the file."""

    openings: int = 0
    refused: int = 0
    by_bytes: int = 0
    kills: int = 0
    lost: int = 0
    damaged: int = 0


def drill(folder: Path, openings: int, kills: int, mode: str) -> Outcome:
    """Open so often in all, spread over so many writers that are killed in the middle."""
    path = folder / "drill.gpkg"
    records = [
        make_record("compounds", str(uuid.uuid4()), f"C{number:06}", name=f"小区{number}")
        for number in range(_COMPOUNDS)
    ]
    create_registry(path, load_profile("yaohai"), records=records, by="drill").close()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute(f"PRAGMA journal_mode={mode}")
    found = Outcome()
    for _ in range(kills):
        _round(path, openings // kills, found)
    return found


def _round(path: Path, openings: int, found: Outcome) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-P", str(Path(__file__).resolve()), "--writes", str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if writer.stdout is None:
        raise SystemExit("the writer has no voice")
    told = [int(writer.stdout.readline())]
    try:
        for _ in range(openings):
            found.openings += 1
            found.by_bytes += sum(_is_short(path) for _ in range(_LOOKS))
            try:
                must_be_registry(path)
            except RegistryError as error:
                found.refused += 1
                print(error.message.en)
    finally:
        writer.kill()
        writer.wait()
    told += [int(line) for line in writer.stdout.read().splitlines() if line.isdecimal()]
    writer.stdout.close()
    found.kills += 1
    found.by_bytes += _is_short(path)
    registry = Registry.open(path, by="drill")
    values = {record.get("households") for record in registry.dataset.of("compounds").values()}
    registry.close()
    found.lost += values not in ({told[-1]}, {told[-1] + 1})
    found.damaged += bool(care.verify(path))


def _is_short(path: Path) -> bool:
    """Judge by the first bytes alone."""
    with path.open("rb") as file:
        head = file.read(100)
    page, pages = int.from_bytes(head[16:18], "big"), int.from_bytes(head[28:32], "big")
    return pages * page > path.stat().st_size


def _write(path: Path) -> None:
    registry = Registry.open(path, by="writer")
    codes = list(registry.dataset.of("compounds"))
    number = int(str(registry.find(codes[0]).get("households") or 0))
    while True:
        number += 1
        edit.set_values(registry, codes, {"households": str(number)})
        print(number, flush=True)


def main() -> int:
    """Run the drill, or be its writer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--openings", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--mode", choices=("WAL", "DELETE"))
    parser.add_argument("--writes", type=Path)
    given = parser.parse_args()
    if given.writes is not None:
        _write(given.writes)
    is_sound = True
    for mode in (given.mode,) if given.mode else ("WAL", "DELETE"):
        with tempfile.TemporaryDirectory() as folder:
            found = drill(Path(folder), given.openings, given.kills, mode)
        print(
            f"{mode}: openings {found.openings}, refused {found.refused} (of {found.openings * _LOOKS} looks at the first bytes alone {found.by_bytes}); "
            f"kills {found.kills}, lost or torn {found.lost}, damaged {found.damaged}; SQLite {sqlite3.sqlite_version}"
        )
        is_sound = is_sound and not (found.refused or found.lost or found.damaged)
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
