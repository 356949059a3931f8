"""What may be asked of a shared registry at all, whoever asks; whose each row is, the guards say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.persistence.shared.rows import columns_of
from app.persistence.shared.tables import SCHEMA, metadata, outline_index

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS: Final = frozenset(("id", "code", "seq", "kind"))  # with identities a planner may reckon


def grants() -> Iterator[str]:
    """Give what may be asked for at all, by whoever is let into the schema; never where a row stands in a table."""
    yield f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC"
    yield f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC"
    for function in (
        "moves()",
        "last_seq()",
        "taken_codes()",
        "take_turn()",
        "look_at_the_day()",
        "is_staff()",
        "has_all()",
        "my_units(text)",
        "is_my_step(text)",
        "is_in_reach(text)",
    ):
        yield f"GRANT EXECUTE ON FUNCTION {function} TO PUBLIC"
    for kind in KINDS.values():
        columns = _named(kind.table)
        yield f'GRANT SELECT, DELETE, INSERT ({columns}), UPDATE ({columns}) ON "{kind.table}" TO PUBLIC'
    for table in ("entity", "change", "change_detail", "kept", "registry_info"):
        yield f"GRANT SELECT, INSERT ({_named(table)}) ON {table} TO PUBLIC"
    yield "GRANT UPDATE (undone_by, checksum) ON change TO PUBLIC"
    yield "GRANT UPDATE (value, checksum) ON registry_info TO PUBLIC"
    yield "GRANT SELECT ON backdrop, schema_step TO PUBLIC"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO PUBLIC"


def _named(table: str) -> str:
    return ", ".join(f'"{column}"' for column in columns_of(table))


def without_statistics() -> Iterator[str]:
    """Let the server keep no samples of what rows say: whoever sees none of them could learn from its estimates."""
    for table in (*(kind.table for kind in KINDS.values()), "change", "change_detail"):
        said = [c for c in columns_of(table) if c not in _KEYS and not c.endswith("_id")]
        told = ", ".join(f'ALTER "{column}" SET STATISTICS 0' for column in said)
        yield f'ALTER TABLE "{table}" {told}'


def without_extents() -> Iterator[str]:
    """Let outlines have an index that tells nobody how far all of them reach; a registry of an older program has another."""
    for name, table in metadata.tables.items():
        if "geom" in table.columns:
            yield f'DROP INDEX IF EXISTS "ix_{name}_geom"'
            yield f'CREATE INDEX IF NOT EXISTS "{outline_index(name)}" ON "{name}" USING spgist (geom)'
