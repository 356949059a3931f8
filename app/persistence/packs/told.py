"""What the journal tells of records that a change made many of at once: a detail says which pack names them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.persistence import spelled
from app.persistence.damage import CHANGED, MISSING, Damage, damaged_row
from app.persistence.files.checksum import fits, row_checksum
from app.persistence.journal_values import RECORD, RECORDS, Detail, from_text, to_text
from app.persistence.packs.names import Names, UnpackableNamesError, digest_of_names, names_of
from app.persistence.row_codec import UNDECODABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.persistence.packs.kept import Pack
    from app.persistence.reading import Runs


def detail_of(pack: Pack) -> Detail:
    """Return the detail that says which pack names the records that a change made."""
    said = {"count": pack.size, "names": pack.digest}
    return Detail(kind=pack.kind, row_id=pack.id, code="", field=RECORDS, after=said)


def is_of_pack(detail: Detail) -> bool:
    """Whether a detail says which pack names records."""
    return detail.field == RECORDS and not detail.code


def made(connection: Runs, detail: Detail) -> Iterator[Detail]:
    """Give a detail for each record that a pack names; IntegrityFault where its names are not as they were written."""
    names = _read(connection, detail.row_id, to_text(detail.after))
    return (
        replace(detail, row_id=row_id, code=code, field=RECORD, after=None) for row_id, code in names.all()
    )


def made_of_codes(connection: Runs, codes: Sequence[str]) -> dict[str, list[Detail]]:
    """Return by change the details of records, by their codes, that packs name."""
    found: dict[str, list[Detail]] = {}
    for _, change_id, kind, names in _all(connection):
        for row_id, code in names.of_codes(codes):
            detail = Detail(kind=kind, row_id=row_id, code=code, field=RECORD)
            found.setdefault(change_id, []).append(detail)
    return found


def changes_that_made(connection: Runs, row_id: str) -> list[str]:
    """Return the changes that made a record among many."""
    return [change_id for _, change_id, _, names in _all(connection) if names.has_id(row_id)]


def codes_made(connection: Runs, kind: str, changes: Iterable[str]) -> set[str]:
    """Return the codes of the records of a kind that some changes made among many."""
    wanted = frozenset(changes)
    return {
        code
        for _, change_id, told, names in _all(connection)
        if told == kind and change_id in wanted
        for code in names.codes
    }


def packs_told(connection: Runs) -> dict[str, Names]:
    """Return what the packs that the journal points to say, by id; IntegrityFault where it is not as it was written."""
    return {pack_id: names for pack_id, _, _, names in _all(connection)}


def renamed(connection: Runs, pack_id: str, named: Sequence[tuple[str, str]], *, is_dry: bool) -> str:
    """Give a pack other names and no content, and return what the journal says of it then; written unless ``is_dry``."""
    names = names_of(named)
    if not is_dry:
        row = connection.exec_driver_sql(spelled.PACK_HEAD, (pack_id,)).one()
        check = row_checksum([*row, names], b"")
        connection.exec_driver_sql(spelled.PACK_SET, (names, check, b"", pack_id))
    return str(to_text({"count": len(named), "names": digest_of_names(names)}))


def named_in(connection: Runs, pack_id: str, said: str | None) -> tuple[Names | None, Damage | None]:
    """Return the names of a pack, or the damage for which they can't be read. ``said``: what the journal says, as it keeps it."""
    row = connection.exec_driver_sql(spelled.PACK_NAMES, (pack_id,)).first()
    if row is None:
        return None, Damage("kept", pack_id, MISSING)
    try:
        if digest_of_names(row[0]) == from_text(said)["names"]:
            return Names.read(row[0]), None
    except (*UNDECODABLE, UnpackableNamesError):
        pass
    return None, Damage("kept", pack_id, CHANGED)


def _read(connection: Runs, pack_id: str, said: str | None) -> Names:
    names, _ = named_in(connection, pack_id, said)
    if names is None:
        raise damaged_row("kept", {"id": pack_id})
    return names


def _all(connection: Runs) -> Iterator[tuple[str, str, str, Names]]:
    """Give every pack that the journal points to, oldest first: its id, the change that made it, its kind, its names."""
    for row in connection.exec_driver_sql(spelled.DETAILS_NAMED):
        if not fits(row[:9], 8):
            raise damaged_row("change_detail", {"code": row[4]})
        yield row[3], row[1], row[2], _read(connection, row[3], row[7])
