"""The town that is worked on, who works in it, and the server that it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from tests.app.town import COMMUNITIES, a_town, ground, made

if TYPE_CHECKING:
    from app.domain.record import Record
    from scripts.trial_server import Server

DATABASE = "town"
BASE = 100  # households of every compound at first
FIRM = "O000001"
_COLUMNS, _ROWS = 16, 6
ORIGINAL = frozenset(f"C{number + 1:06}" for number in range(_COLUMNS * _ROWS))  # the others begin with none
# the columns of 100 m in which a grid begins, and where it ends
_GRIDS = ((0, 3), (3, 5), (5, 8), (8, 10), (10, 13), (13, 16))
COLUMNS = {
    code: (columns, rows)
    for number, columns in enumerate(_GRIDS)
    for half, rows in enumerate(((0, 3), (3, 6)))
    for code in (f"{COMMUNITIES[0 if number < 2 else 1 if number < 4 else 2]}{10 * number + half:03}",)
}
GRIDS = tuple(COLUMNS)


@dataclass(frozen=True)
class Seat:
    """A desk: its login, and what of the town is its own. ``number``: what it counts up by, so that no two do alike."""

    number: int
    level: str
    unit: str

    @property
    def login(self) -> str:
        """Return the login's name, one for each desk."""
        return f"desk{self.number}"


def seats(many: int) -> tuple[Seat, ...]:
    """Return so many desks: of six one is the district's, one a street's, the others a grid's."""
    made_seats = []
    for number in range(1, many + 1):
        if number % 6 == 1:
            made_seats.append(Seat(number, "district", ""))
        elif number % 6 == 2:
            made_seats.append(Seat(number, "street", GRIDS[number % len(GRIDS)][:9]))
        else:
            made_seats.append(Seat(number, "grid", GRIDS[number % len(GRIDS)]))
    return tuple(made_seats)


def outline(grid: str, shift: float = 0.0) -> tuple[float, float, float, float]:
    """Return a grid's rectangle in metres: east, north, width, height; its eastern border ``shift`` further east."""
    columns, rows = COLUMNS[grid]
    return (
        100 * columns[0] - 10,
        100 * rows[0] - 10,
        100 * (columns[1] - columns[0]) + shift,
        100 * (rows[1] - rows[0]),
    )


def build(folder: Path) -> Path:
    """Write the town into a file: 96 compounds in 12 grids, each with 100 households, and one organisation."""
    grids: list[Record] = [
        made("grids", code, name=f"网格{code[-3:]}", community=code[:12], geometry=ground(*outline(code)))
        for code in GRIDS
    ]
    cells: dict[tuple[int, int], int | None] = {(i, j): BASE for i in range(_COLUMNS) for j in range(_ROWS)}
    registry = a_town(folder, *grids, households=cells)
    edit.add(registry, "organisations", {"code": FIRM, "name": "支部", "type": "branch"})
    registry.close()
    return registry.path


def settle(server: Server, path: Path, taken: tuple[Seat, ...]) -> Path:
    """Carry the town to the server and let everybody in; return its keeper's address."""
    address = Path(server.make_database(DATABASE))
    copy_registry(path, address)
    for seat in taken:
        server.make_login(seat.login)
        with server.connect(DATABASE, "keeper") as keeper:
            keeper.execute("SELECT registry.take_on(%s, %s, %s)", (seat.login, seat.level, seat.unit))
    return address
