"""Statements run on a server: the declared ones, told by the text that a file is given (decisions 79 and 107)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.ext.compiler import compiles

from app.persistence.reading import Rows
from app.persistence.statements import Holds, Listed, Spelling, next_redo, next_undo, spelled, statements
from app.persistence.tables import change

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.compiler import SQLCompiler


@compiles(Listed, "postgresql")
def _listed(element: Listed, compiler: SQLCompiler, **kw: Any) -> str:
    asked = compiler.process(element.clauses, **kw)
    of_type = compiler.dialect.type_compiler_instance.process(element.type)
    return (
        f"(SELECT CAST(value AS {of_type}) FROM jsonb_array_elements_text(CAST({asked} AS jsonb)) AS value)"
    )


@compiles(Holds, "postgresql")
def _holds(element: Holds, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **kw)}) > 0"


@cache
def _declared() -> dict[str, tuple[Executable, tuple[str, ...]]]:
    """Return each declared statement by the text that a file is given, with its parameters in their order."""
    mine = change.c.by == func.session_user()  # nobody takes back what another desk did by pressing a key
    declared = {
        **statements(),
        "LAST_SEQ": select(func.last_seq()),  # of the whole journal, of which a login may see a part
        "NEXT_UNDO": next_undo(mine, func.is_in_reach(change.c.id)),
        "NEXT_REDO": next_redo(func.session_user()),
    }
    return {text: (declared[name], parameters) for name, (text, parameters) in spelled(Spelling()).items()}


class SharedRuns:
    """One transaction on a server, asked as a file is asked: by the texts of ``app.persistence.spelled`` and no others."""

    keeps_itself = True

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def exec_driver_sql(self, statement: str, parameters: Any = ()) -> Rows:
        """Run a declared statement: with a list of rows once for each of them, else once; return its rows."""
        declared, names = _declared()[statement]
        if isinstance(parameters, list):
            self.connection.execute(declared, [dict(zip(names, row, strict=True)) for row in parameters])
            return Rows()
        done = self.connection.execute(declared, dict(zip(names, parameters, strict=True)))
        rows = Rows(tuple(row) for row in done) if done.returns_rows else Rows()
        rows.rowcount = done.rowcount
        return rows
