"""All that a registry file holds, read once and compared with what was written: opening and ``verify`` both ask here.

Nothing here ends at the first damage: what does not fit is named, and the rest is read.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.domain.dataset import Dataset
from app.persistence import damage, spelled
from app.persistence.columnar.entries import entries_of
from app.persistence.columns import OTHER_CHECKED
from app.persistence.damage import Damage
from app.persistence.files.checksum import fits
from app.persistence.foreign.rows import read_records
from app.persistence.migrations import NEWEST, columns_since
from app.persistence.row_codec import read_shapes
from app.persistence.tally import TALLY
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from shapely.geometry.base import BaseGeometry

    from app.persistence.foreign.found import Foreign
    from app.persistence.reading import Runs

DETAILS: Final = "details"  # of what a registry keeps of itself: how many details its journal has
_MUST_BE_THERE: Final = ("id", "name", "is_synthetic", "profile")  # of what a registry says of itself


@dataclass(frozen=True, slots=True)
class BackdropShape:
    """A road or a water of the backdrop: kind, rank (1 = widest), outline or line in degrees."""

    kind: str
    rank: int
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Loaded:
    """All that a file holds at one moment. ``seq``: the journal's last number; ``is_tallied``: whether its tally fits.

    ``gone``: code → id, of records that were taken out. ``foreign``: what another program did to rows of records; ``dataset`` holds them as our last change left them.
    """

    dataset: Dataset
    info: Mapping[str, str]
    backdrop: tuple[BackdropShape, ...]
    seq: int
    damaged: tuple[Damage, ...]
    is_tallied: bool
    foreign: tuple[Foreign, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)


def load_content(connection: Runs, step: int = NEWEST, *, is_thorough: bool = False) -> Loaded:
    """Return all that a file of a schema step holds, and every place of it that is not as it was written.

    Rows that another program changed, added or deleted are ``foreign``; the dataset holds what our last change
    left in their place. The journal's rows are compared when they are read; here only that no step and no record of
    it is missing. That the tally tells, so that opening takes no longer with a long journal; the journal itself is asked where the tally
    does not fit or is not there (an older program wrote), and where the look is to be thorough.
    """
    damaged: list[Damage] = []
    seq = _steps(connection, damaged)
    entries = entries_of(connection)
    of_itself: list[Damage] = []
    info = _info(connection, of_itself)
    kept = None if of_itself else info.get(TALLY)
    read = read_records(connection, step, entries, kept, is_thorough=is_thorough)
    damaged += [*read.damaged, *of_itself]
    damaged += details_gone(
        connection, info.get(DETAILS), is_thorough=is_thorough or not read.is_tallied or bool(read.foreign)
    )
    backdrop = _backdrop(connection, damaged)
    retired = frozenset(read.gone)
    dataset = Dataset(read.records, retired, _unmade(connection, retired) if retired else None)
    return Loaded(dataset, info, backdrop, seq, tuple(damaged), read.is_tallied, read.foreign, read.gone)


def checked_rows(connection: Runs, table: str, step: int = NEWEST) -> tuple[list[Any], list[Damage]]:
    """Return the rows of a table that is no kind's (``OTHER_CHECKED`` order), and those that don't fit their checksum."""
    newer = columns_since(step, table)
    names = tuple(name for name in OTHER_CHECKED[table] if name not in newer)
    columns = ", ".join(f'"{name}"' for name in names)
    rows = connection.exec_driver_sql(f'SELECT {columns} FROM "{table}" NOT INDEXED ORDER BY fid').all()
    named = names.index({"registry_info": "key", "change": "seq", "change_detail": "code"}.get(table, "id"))
    return rows, [
        Damage(table, str(row[named]), damage.CHANGED)
        for row in rows
        if not fits(row, names.index("checksum"))
    ]


def last_seq(connection: Runs) -> int:
    """Return the journal's last number, 0 if there is none; IntegrityFault where it is no number."""
    last = connection.exec_driver_sql(spelled.LAST_SEQ).scalar()
    if last is not None and type(last) is not int:
        raise damage.damaged_step(last)
    return last or 0


def _steps(connection: Runs, damaged: list[Damage]) -> int:
    """Return the journal's last number; name it where steps are gone from the journal."""
    first, last, steps = connection.exec_driver_sql(spelled.STEPS).one()
    if steps and not connection.keeps_itself and (first != 1 or last != steps):
        message = Text(
            f"日志里有 {last} 步，只剩 {steps} 步。", f"The journal counts {last} steps; {steps} are left."
        )
        damaged.append(Damage("change", "", message))
    return last if type(last) is int else 0


def details_gone(connection: Runs, kept: str | None, *, is_thorough: bool = True) -> list[Damage]:
    """Name the journal where details are gone from it: they are only ever added, so numbered without a gap.

    ``kept``: how many there must be, as the registry keeps it, None in an older file. Unless the look is thorough
    only the last is looked at: one gone from the middle is missed by whoever reads its step.
    """
    if connection.keeps_itself:
        return []
    last = connection.exec_driver_sql(spelled.LAST_DETAIL).scalar() or 0
    details = last
    if is_thorough:
        details = connection.exec_driver_sql("SELECT COUNT(*) FROM change_detail NOT INDEXED").scalar()
    kept = str(last) if kept is None else kept
    if last == details and kept == str(details):
        return []
    message = Text(
        f"日志里应有 {kept} 条明细，现有 {details} 条。",
        f"The journal should have {kept} details and has {details}.",
    )
    return [Damage("change_detail", "", message)]


def _info(connection: Runs, damaged: list[Damage]) -> dict[str, str]:
    rows, wrong = checked_rows(connection, "registry_info")
    damaged += wrong
    info = {row[1]: row[2] for row in rows}
    damaged += [
        Damage("registry_info", key, damage.MISSING)
        for key in _MUST_BE_THERE
        if not isinstance(info.get(key), str)
    ]
    return info


def _backdrop(connection: Runs, damaged: list[Damage]) -> tuple[BackdropShape, ...]:
    rows, wrong = checked_rows(connection, "backdrop")
    damaged += wrong
    shapes = read_shapes([row[4] for row in rows])
    if not wrong:
        damaged += [
            Damage("backdrop", str(row[0]), damage.UNREADABLE)
            for row, shape in zip(rows, shapes, strict=True)
            if shape is None and row[4] is not None
        ]
    return tuple(
        BackdropShape(row[1], row[2], shape)
        for row, shape in zip(rows, shapes, strict=True)
        if shape is not None
    )


def _unmade(connection: Runs, retired: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return those of the codes whose record an undo took out, with kind and id: made by mistake, they may be made again."""
    rows = connection.exec_driver_sql(
        """SELECT e.code, e.kind, e.id, c.verb, MAX(c.seq), d.after FROM entity e
        JOIN change_detail d ON d.code = e.code AND d.row_id = e.id AND d.field = 'record' JOIN change c ON c.id = d.change_id
        WHERE e.code IN (SELECT value FROM json_each(?))
        GROUP BY e.id HAVING c.verb = 'undo' AND d.after IS NULL AND d.before IS NOT NULL""",
        (json.dumps([code for code in retired if type(code) is str]),),  # a damaged one is named elsewhere
    )
    return {row[0]: (row[1], row[2]) for row in rows}
