"""A text taken out of all that a registry file keeps besides its records: the journal, codes given once, settings."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS, FieldType
from app.domain.purging import PURGED
from app.persistence.journal_values import PAST, PROFILE
from app.persistence.packs.told import packs_told, renamed
from app.persistence.purging.rows import rewritten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.purging import Sought
    from app.persistence.purging.rows import Row
    from app.persistence.reading import Runs

_DAYS: Final = frozenset(
    {"valid_from", "valid_until"}
    | {field.name for kind in KINDS.values() for field in kind.fields if field.type is FieldType.DAY}
)
_OWN_FACTS: Final = (
    "id",
    "systems",
    "details",
    "tally",
    "zone",
    "created_at",
    "is_synthetic",
)  # no one typed them


@dataclass(slots=True)
class Taken:
    """What was taken out: ``values`` of the journal, of the steps ``steps``; ``settings`` and ``codes`` by name."""

    values: int = 0
    steps: set[int] = field(default_factory=set)
    settings: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        """Whether anything was found."""
        return bool(self.values or self.settings or self.codes)


class TextPurge:
    """Takes a text out. ``in_use``: the codes of records that stand, which stay as they are."""

    def __init__(self, sought: Sought, in_use: frozenset[str]) -> None:
        self._sought, self._in_use = sought, in_use
        self._all: frozenset[str] = frozenset()
        self._codes: Mapping[str, str] = {}
        self._said: Mapping[
            str, tuple[str, int]
        ] = {}  # pack → what the journal says of it, and codes changed

    def take_out(self, connection: Runs, *, is_dry: bool = False) -> Taken:
        """Take the text out of a file inside a transaction, or only look; raise IntegrityFault where it is damaged."""
        taken = Taken()
        given = [row[0] for row in connection.exec_driver_sql("SELECT code FROM entity ORDER BY fid")]
        self._all = frozenset(given)
        self._codes = self._new_codes(given)
        self._said = self._names_without(connection, is_dry=is_dry)
        seq_of: dict[str, int] = dict(connection.exec_driver_sql("SELECT id, seq FROM change").all())
        for row, _ in rewritten(connection, "change_detail", self._detail, is_dry=is_dry):
            taken.values += self._said[row["row_id"]][1] if row["row_id"] in self._said else 1
            taken.steps.add(seq_of.get(row["change_id"], 0))
        for row, _ in rewritten(connection, "change", self._change, is_dry=is_dry):
            taken.values += 1
            taken.steps.add(row["seq"])
        for row, _ in rewritten(connection, "registry_info", self._info, is_dry=is_dry):
            taken.settings.append(row["key"])
        for row, _ in rewritten(connection, "entity", self._entity, is_dry=is_dry):
            taken.codes.append(row["code"])
        return taken

    def standing_codes(self) -> list[str]:
        """Return the codes of standing records that hold the text: they can't be changed."""
        return [code for code in sorted(self._in_use) if self._sought.is_in_code(code)]

    def _new_codes(self, given: list[str]) -> dict[str, str]:
        taken = set(given)
        codes = {}
        for code in given:
            if code in self._in_use or not self._sought.is_in_code(code):
                continue
            new, number = self._sought.code_without(code), 2
            while new in taken:
                new, number = f"{self._sought.code_without(code)}-{number}", number + 1
            taken.add(new)
            codes[code] = new
        return codes

    def _names_without(self, connection: Runs, *, is_dry: bool) -> dict[str, tuple[str, int]]:
        """Give packs that name codes with the text their new ones, and return what the journal says of them then."""
        said = {}
        for pack_id, names in packs_told(connection).items() if self._codes else ():
            codes = names.codes
            count = sum(code in self._codes for code in codes)
            if count:
                new = [self._codes.get(code, code) for code in codes]
                named = list(zip(names.ids, new, strict=True))
                said[pack_id] = renamed(connection, pack_id, named, is_dry=is_dry), count
        return said

    def _detail(self, row: Row) -> Row:
        if row["row_id"] in self._said:
            return row | {"after": self._said[row["row_id"]][0]}
        new = dict(row)
        new["code"] = self._codes.get(row["code"], row["code"])
        if row["kind"] == PROFILE:
            new["field"] = self._sought.without(row["field"])
        for name in ("before", "after"):
            new[name] = self._json(row[name], row["field"])
        return new

    def _json(self, text: str | None, name: str) -> str | None:
        if text is None:
            return None
        value = json.loads(text)
        new = self._value(value, name)
        return text if new == value else json.dumps(new, ensure_ascii=False, separators=(",", ":"))

    def _value(self, value: Any, name: str) -> Any:
        if name == PAST and isinstance(value, dict):  # field → [last day, value]…
            return {key: [[last, self._value(one, key)] for last, one in value[key]] for key in value}
        if isinstance(value, dict):
            return {key: self._value(one, key) for key, one in value.items()}
        if isinstance(value, list):
            return [self._value(one, name) for one in value]
        if isinstance(value, str):
            if name == "geometry" or name in _DAYS:
                return value
            return self._codes.get(value, value) if value in self._all else self._sought.without(value)
        return PURGED if self._sought.is_in(value) else value

    def _change(self, row: Row) -> Row:
        new = dict(row)
        for name in ("by", "why"):
            if row[name] is not None:
                new[name] = self._sought.without(row[name])
        return new

    def _info(self, row: Row) -> Row:
        if row["key"] in _OWN_FACTS or row["value"] is None:
            return row
        return row | {"value": self._sought.without(row["value"])}

    def _entity(self, row: Row) -> Row:
        return row | {"code": self._codes.get(row["code"], row["code"])}


def tables_of_others(connection: Runs, sought: Sought) -> dict[str, int]:
    """Return the tables that other programs put into the file and that hold the text, with how many rows do."""
    ours = {kind.table for kind in KINDS.values()} | _FRAME
    found = {}
    for (table,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'"):
        if table in ours or table.startswith(("sqlite_", "gpkg_")):
            continue
        rows = connection.exec_driver_sql(f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"')
        count = sum(any(sought.is_in(value) for value in row) for row in rows)
        if count:
            found[str(table)] = count
    return found


_FRAME: Final = {"entity", "change", "change_detail", "registry_info", "schema_step", "backdrop", "kept"}
