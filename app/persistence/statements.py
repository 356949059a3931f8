"""What is asked of the journal, the codes and the settings, and written there: declared once, with SQLAlchemy's Core.

``app.persistence.spelled`` keeps each as SQLite's text, made by ``scripts/make_statements.py``, so that no start and no
first change waits for SQLAlchemy (decisions 11 and 62). Another store spells the same statements in its own dialect
(decision 79). What concerns a file alone (pragmas, ``sqlite_master``, a look past the indexes at every row) is no
statement of a store and stays where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, exists, func, insert, literal_column, not_, or_, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteIdentifierPreparer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.domain.vocabulary import NEVER_UNDONE
from app.persistence.columns import OTHER_CHECKED
from app.persistence.journal_values import RECORD, RECORDS, TURNED_BACK
from app.persistence.tables import backdrop, change, change_detail, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement, Select, Table
    from sqlalchemy.engine.interfaces import Dialect
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.compiler import SQLCompiler

_entity: Final = metadata.tables["entity"]
_info: Final = metadata.tables["registry_info"]
_kept: Final = metadata.tables["kept"]
_schema_step: Final = metadata.tables["schema_step"]


class Listed(FunctionElement[Any]):
    """The values of one parameter, a JSON list: as many as there are, and the statement stays the same."""

    inherit_cache = True


class Holds(FunctionElement[Any]):
    """Whether a text holds another."""

    inherit_cache = True


@compiles(Listed)
def _listed(element: Listed, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **kw)}))"


@compiles(Holds)
def _holds(element: Holds, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(element.clauses, **kw)}) > 0"


class _Compiler(SQLiteCompiler):
    def get_from_hint_text(self, _table: object, text: str | None) -> str | None:
        """Spell a hint behind its table, as SQLite wants ``NOT INDEXED``."""
        return text

    def limit_clause(self, select: Any, **kw: Any) -> str:
        """Spell a limit alone: nothing is ever skipped."""
        return f" LIMIT {self.process(select._limit_clause, **kw)}"  # noqa: SLF001  # where SQLAlchemy keeps the limit


class _Preparer(SQLiteIdentifierPreparer):
    reserved_words = SQLiteIdentifierPreparer.reserved_words - {
        "after",
        "before",
        "by",
        "key",
    }  # SQLite takes them as names


class Spelling(sqlite.dialect):  # type: ignore[misc,valid-type]
    """SQLite's SQL as ``spelled`` keeps it."""

    statement_compiler = _Compiler
    preparer = _Preparer


def _columns(table: Table, names: Iterable[str]) -> list[ColumnElement[Any]]:
    return [table.c[name] for name in names]


def _into(table: Table, *names: str) -> Executable:
    return insert(table).values({name: bindparam(name) for name in names})


def _is_quoted(column: ColumnElement[Any], *words: str) -> ColumnElement[bool]:
    """Whether a column is one of our own words, which stand in the statement itself."""
    return column.in_([literal_column(f"'{word}'") for word in words])


def _listed_in(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    listed = Listed(bindparam(name))
    listed.type = column.type  # for servers that do not compare a number with a text
    return column.bool_op("IN")(listed)


def _changes() -> Select[Any]:
    return select(*_columns(change, OTHER_CHECKED["change"]))


def _details() -> Select[Any]:
    return select(*_columns(change_detail, (*OTHER_CHECKED["change_detail"], "fid")))


def _does_something() -> ColumnElement[bool]:
    """Whether a step does anything: turning back what could never have been taken leaves nothing to take back."""
    other = exists().where(
        change_detail.c.change_id == change.c.id, not_(_is_quoted(change_detail.c.kind, TURNED_BACK))
    )
    return not_(_is_quoted(change.c.verb, TURNED_BACK)) | other


def _of_codes() -> ColumnElement[bool]:
    """Whether a step touched one of some codes, or made a record of one among many (``making``)."""
    touched = select(change_detail.c.change_id).where(_listed_in(change_detail.c.code, "codes"))
    return or_(change.c.id.in_(touched), _listed_in(change.c.id, "making"))


def next_undo(*whose: ColumnElement[bool]) -> Select[Any]:
    """Return what finds the step that an undo takes back, of all or of those that somebody made."""
    return (
        select(change.c.id)
        .where(
            change.c.undone_by.is_(None),
            not_(_is_quoted(change.c.verb, *NEVER_UNDONE)),
            _does_something(),
            *whose,
        )
        .order_by(change.c.seq.desc())
        .limit(literal_column("1"))
    )


def next_redo(by: ColumnElement[Any] | None = None) -> Select[Any]:
    """Return what finds the step that a redo brings back, if nothing was done since: of all, or of somebody alone."""
    undo, step = change.alias("u"), change.alias("x")
    whose: tuple[ColumnElement[bool], ...] = () if by is None else (change.c.by == by,)
    undone: tuple[ColumnElement[bool], ...] = () if by is None else (undo.c.by == by,)
    since = (
        select(func.coalesce(func.max(change.c.seq), literal_column("0")))
        .where(not_(_is_quoted(change.c.verb, *NEVER_UNDONE)), _does_something(), *whose)
        .scalar_subquery()
    )
    return (
        select(undo.c.id, undo.c.undoes)
        .join(step, (step.c.id == undo.c.undoes) & (step.c.undone_by == undo.c.id))
        .where(_is_quoted(undo.c.verb, "undo"), undo.c.seq > since, *undone)
        .order_by(undo.c.seq.desc())
        .limit(literal_column("1"))
    )


def _touched_later() -> Select[Any]:
    """Return the latest step after one that still bears on a row; an undo and its redo cancel out."""
    undo = change.alias("u")
    undone = select(undo.c.seq).where(undo.c.id == change.c.undoes).scalar_subquery()
    touched = (
        select(change_detail.c.change_id)
        .where(change_detail.c.row_id == bindparam("row_id"), change_detail.c.kind != bindparam("kind"))
        .with_hint(change_detail, "NOT INDEXED", "sqlite")  # an index may be damaged
    )
    return (
        _changes()
        .where(
            change.c.seq > bindparam("seq"),
            change.c.undone_by.is_(None),
            not_(_is_quoted(change.c.verb, "undo")),
            not_(_is_quoted(change.c.verb, "redo") & (undone > bindparam("seq_again"))),
            or_(change.c.id.in_(touched), _listed_in(change.c.id, "making")),
        )
        .order_by(change.c.seq.desc())
        .limit(literal_column("1"))
    )


def _last_before() -> Select[Any]:
    """Return the number before the first step since a moment, else the last: what was brought back has an older time than its place."""
    last = select(func.max(change.c.seq)).scalar_subquery()
    first = select(func.min(change.c.seq) - literal_column("1")).where(change.c.at >= bindparam("moment"))
    return select(func.coalesce(first.scalar_subquery(), last, literal_column("0")))


def statements() -> Mapping[str, Executable]:
    """Return every statement by the name that ``spelled`` gives it."""
    limit: ColumnElement[int] = bindparam("limit")
    history = _changes().where(change.c.seq > bindparam("after"))
    details = _details().where(change_detail.c.change_id == bindparam("change_id"))
    return {
        # the journal, read
        "HISTORY": history.where(change.c.by != bindparam("not_by"))
        .order_by(change.c.seq.desc())
        .limit(limit),
        "HISTORY_OF": history.where(_of_codes()).order_by(change.c.seq.desc()).limit(limit),
        "LAST_BEFORE": _last_before(),
        "LAST_OF_VERB": select(func.max(change.c.seq)).where(change.c.verb == bindparam("verb")),
        "LAST_SEQ": select(func.max(change.c.seq)),
        "STEPS": select(func.min(change.c.seq), func.max(change.c.seq), func.count()).select_from(change),
        "CHANGE_CALLED": _changes().where(
            or_(change.c.id == bindparam("id"), change.c.seq == bindparam("seq"))
        ),
        "IMPORTS_OF": select(change.c.id).where(
            _is_quoted(change.c.verb, "import"),
            change.c.undone_by.is_(None),
            or_(
                change.c.why == bindparam("name"),
                func.substr(change.c.why, literal_column("1"), bindparam("length")) == bindparam("beginning"),
            ),
        ),
        "NEXT_UNDO": next_undo(),
        "NEXT_REDO": next_redo(),
        "TOUCHED_LATER": _touched_later(),
        "DETAILS_OF": details.order_by(change_detail.c.fid).limit(limit),
        "DETAILS_OF_CODES": details.where(_listed_in(change_detail.c.code, "codes"))
        .order_by(change_detail.c.fid)
        .limit(limit),
        "DETAILS_NAMED": _details()
        .where(change_detail.c.code == literal_column("''"), _is_quoted(change_detail.c.field, RECORDS))
        .order_by(change_detail.c.fid),
        "PACK_NAMES": select(_kept.c.names).where(_kept.c.id == bindparam("pack_id")),
        "PACK_HEAD": select(*_columns(_kept, ("id", "kind", "seq"))).where(
            _kept.c.id == bindparam("pack_id")
        ),
        "PACK_IN": _into(_kept, *OTHER_CHECKED["kept"]),
        "PACK_SET": update(_kept)
        .values(names=bindparam("said"), checksum=bindparam("sum"), content=bindparam("whole"))
        .where(_kept.c.id == bindparam("pack_id")),
        "DETAILS_AT": select(change_detail.c.fid, change_detail.c.change_id).where(
            _listed_in(change_detail.c.fid, "fids")
        ),
        "CODES_BY": select(change_detail.c.code)
        .distinct()
        .where(change_detail.c.kind == bindparam("kind"), _listed_in(change_detail.c.change_id, "changes")),
        "LAST_DETAIL": select(func.max(change_detail.c.fid)),
        "ONCE_OWNED": select(change_detail.c.code)
        .distinct()
        .where(
            _listed_in(change_detail.c.kind, "kinds"),
            _is_quoted(change_detail.c.field, RECORD),
            or_(
                Holds(change_detail.c.before, bindparam("quoted")),
                Holds(change_detail.c.after, bindparam("quoted_again")),
            ),
        ),
        # the journal, written
        "CHANGE_IN": _into(change, *OTHER_CHECKED["change"]),
        "CHANGE_MARKED": update(change)
        .values(undone_by=bindparam("mark"), checksum=bindparam("sum"))
        .where(change.c.id == bindparam("change_id")),
        "DETAIL_IN": _into(change_detail, *OTHER_CHECKED["change_detail"]),
        # codes, settings, steps of the schema, the backdrop
        "ENTITIES": select(_entity.c.id, _entity.c.code, _entity.c.kind),
        "ID_OF": select(_entity.c.id).where(_entity.c.code == bindparam("code")),
        "ENTITY_IN": _into(_entity, "id", "code", "kind"),
        "INFO_OF": select(_info.c.id, _info.c.value).where(_info.c.key == bindparam("of_key")),
        "INFO_IN": _into(_info, *OTHER_CHECKED["registry_info"]),
        "INFO_SET": update(_info)
        .values(value=bindparam("said"), checksum=bindparam("sum"))
        .where(_info.c.key == bindparam("of_key")),
        "STEP_IN": _into(_schema_step, "id", "number", "sentence", "at"),
        "BACKDROP_IN": _into(backdrop, *OTHER_CHECKED["backdrop"]),
    }


def spelled(dialect: Dialect) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return each statement as a dialect spells it, with the names of its parameters in their order."""
    found = {}
    for name, statement in statements().items():
        made = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        found[name] = (" ".join(str(made).split()), tuple(made.positiontup or made.params))
    return found
