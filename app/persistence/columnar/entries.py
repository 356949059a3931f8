"""The list of all codes that were ever given, as reading asks it: which id has which code, and of which kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.domain.kinds import KINDS
from app.persistence import spelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.persistence.reading import Runs


class Entries:
    """Ids, codes and kinds as the file lists them. ``code_of``: id → code."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self.count = len(rows)
        self.code_of = {row_id: code for row_id, code, _ in rows}
        self._kind_of = {row_id: kind for row_id, _, kind in rows}

    def are(self, kind: str, ids: Sequence[str], codes: Sequence[str]) -> bool:
        """Whether rows of a kind have the codes that were given to their ids."""
        is_so = list(map(self.code_of.get, ids)) == codes
        return is_so and {*map(self._kind_of.get, ids)} <= {kind}

    def codes_of(self, ids: Sequence[str]) -> list[Any]:
        """Return the codes of ids; raises LookupError where none was given to one."""
        return list(map(self.code_of.__getitem__, ids))

    def ids(self) -> dict[Any, Any]:
        """Return every code with its id."""
        return {code: row_id for row_id, code in self.code_of.items()}

    def by_id(self) -> dict[Any, tuple[Any, Any, Any]]:
        """Return every entry by its id: (id, code, kind)."""
        kind_of = self._kind_of
        return {row_id: (row_id, code, kind_of[row_id]) for row_id, code in self.code_of.items()}


def entries_of(connection: Runs) -> Entries:
    """Return the list of codes of a file."""
    return Entries(connection.exec_driver_sql(spelled.ENTITIES))


class GivenIds:
    """The ids by the codes that were given to them, asked of the file one by one: a change names few of them.

    ``new``: codes that the change itself gives, with their ids.
    """

    def __init__(self, connection: Runs, new: Mapping[str, str]) -> None:
        self._connection = connection
        self._known = dict(new)

    def __getitem__(self, code: str) -> str:
        """Return the id of a code; raises KeyError where it was given to none."""
        if code not in self._known:
            self._known[code] = self._asked(code)
        return self._known[code]

    def _asked(self, code: str) -> str:
        tables = [spec.table for spec in KINDS.values() if spec.coded]  # each has an index of its codes
        statements = [f'SELECT id FROM "{table}" WHERE code = ?' for table in tables]
        for statement in (*statements, spelled.ID_OF):  # the list has none, but knows what is gone
            found = self._connection.exec_driver_sql(statement, (code,)).scalar()
            if found is not None:
                return str(found)
        raise KeyError(code)
