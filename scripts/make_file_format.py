"""Make ``docs/file-format.md``: what stands in a registry file, for whoever opens one in ten years without the program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "file-format.md"

if TYPE_CHECKING:
    from app.domain.kinds import Field, Kind

HEAD = """# What stands in a registry file

Made by `.venv/bin/python scripts/make_file_format.py` from the declarations of the program; a test compares it.
由程序的声明生成：台账文件里有什么，没有本程序也能读出来。

A registry is one file, an [OGC GeoPackage](https://www.geopackage.org/spec/): an SQLite database that QGIS, GDAL and any SQLite tool open. Outlines are
GeoPackage geometries in CGCS2000 (EPSG:4490), degrees, longitude first. Days are `YYYY-MM-DD`, moments ISO 8601 in UTC, text UTF-8. While a program has
the file open, `NAME.gpkg-wal` or `NAME.gpkg-journal` may lie beside it and belongs to it: copy both, or let SQLite close the file first.

Read it with whatever you like. Don't write into it: every row carries a checksum, and what another program changes is listed by `foreign` and must be
taken or turned back before the registry is written again.

## How a record is kept

Each kind of record has a table. Its columns, besides those named below:

| column | what it is |
| --- | --- |
| `fid` | SQLite's row number, needed by a GeoPackage; means nothing |
| `id` | the record's own id (UUID): never used again, what everything else refers to |
| `code` | what people call it by; facts, household counts and waivers have none |
| `valid_from`, `valid_until` | first and last day on which it is in force; empty = always was, still is |
| `source` | where it comes from, as its author wrote it |
| `version` | counts up with each change of the record, from 1 |
| `past` | what it was before: JSON, field → list of [last day, value], oldest first; empty where nothing changed on a day |
| `checksum` | 16 hex digits over all columns between `fid` and it and the outline (see below) |
| `geom` | the outline, in tables that are layers of the map |

A field that refers to another record is a column `NAME_id` and holds that record's `id`; the table `entity` says for each `id` its code and kind.
A corrected value replaces the old one; a value that changed on a day goes to `past` with the last day on which it held.

```sql
-- compounds with the grid that they are recorded in
SELECT compound.code, compound.name, grid.code FROM compound LEFT JOIN entity AS grid ON grid.id = compound.grid_id;
-- what is answered of a compound
SELECT fact.key, fact.value, fact.valid_from FROM fact JOIN entity ON entity.id = fact.subject_id WHERE entity.code = 'C000001';
-- who changed what, newest first
SELECT change.seq, change.at, change."by", change.verb, d.code, d.field, d.before, d.after
FROM change JOIN change_detail AS d ON d.change_id = change.id ORDER BY d.fid DESC;
```

## The kinds

"""

TAIL = """## The other tables

| table | what it holds |
| --- | --- |
| `entity` | every `id` that a record has or had, with code and kind: a code is never given twice |
| `change` | the journal: `seq` counts 1, 2, 3 …; `at`, `by`, `verb`, `why`; `undoes` and `undone_by` name the other step of an undo |
| `change_detail` | what a step did: one row a field with `before` and `after` as JSON; a record made or removed is one row, `field` = `record`; a step that made many names them alone. Their `fid` runs without a gap |
| `kept` | records as they were when many were written at once, packed a second time (below) |
| `registry_info` | of the registry: `id`, `name`, `created_at`, `is_synthetic`, `note`, `review_number`, `profile` (the whole TOML of what the city means by its facts and measures), `zone` (the projection in which areas and distances are computed), and what opening compares: `systems`, `details`, `tally` |
| `backdrop` | roads and waters drawn under the map, `rank` 1 = widest |
| `schema_step` | the steps that this file's schema has taken (below) |
| `gpkg_…` | the frame that the GeoPackage standard asks for |

**A checksum** is BLAKE2b with a digest of 8 bytes, as 16 hex digits, over the row's values in the order of its columns (without `fid`, up to `checksum`),
joined by U+001F, in UTF-8: text as it is, everything else as `#` and its form in Python (`#None`, `#120`, `#2.5`); then the bytes of `geom`, where there
are any. `details` is the number of rows of `change_detail`; `tally` the number of records, a colon, and a sum over their checksums.

**A pack** in `kept` is LZMA (`.xz`) over: four bytes, little-endian, the length of what follows as JSON; that JSON (`n` records, `columns` by name with
references as codes, `shapes` the lengths of the outlines, `ids` only where they are no UUIDs); 16 bytes of each `id`; the outlines as WKB. It holds
records of one kind as they were after step `seq`. With the details of the journal after that step it gives back what the program last left of a record;
nothing else reads it.

## Steps of the schema

A later program brings an older file up to date in one transaction, after a backup.

"""


def main() -> int:
    sys.path.insert(0, str(ROOT))
    OUT.write_text(text(), "utf-8")
    return 0


def text() -> str:
    """Return the page."""
    from app.domain.kinds import KINDS
    from app.persistence.migrations import STEPS

    kinds = "\n".join(_section(kind) for kind in KINDS.values())
    steps = "\n".join(f"{step.number}. {step.sentence}" for step in STEPS)
    return f"{HEAD}{kinds}\n{TAIL}{steps}\n"


def _section(kind: Kind) -> str:
    from app.persistence.columns import column_of, shape_type

    shape = f", layer: `{shape_type(kind.name)}`" if kind.is_layer else ""
    code = f", codes made for it begin with `{kind.letter}`" if kind.letter else ""
    lines = [f"### `{kind.table}` · {kind.words.zh} · {kind.words.en}{shape}{code}", ""]
    lines += ["| column | 字段 | field | value |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{column_of(field)}` | {field.words.zh} | {field.words.en} | {_value(field)} |"
        for field in kind.fields
    ]
    return "\n".join([*lines, ""])


def _value(field: Field) -> str:
    from app.domain.kinds import KINDS, FieldType

    said = {
        FieldType.TEXT: "text",
        FieldType.COUNT: "whole number, 0 or more",
        FieldType.NUMBER: "number, 0 or more",
        FieldType.YEAR: "year",
        FieldType.DAY: "day",
        FieldType.ANSWER: "`yes`, `no` or `unknown`",
        FieldType.CHOICE: f"a code of the profile's list `{field.choices}`",
        FieldType.REFERENCE: "`id` of a record of "
        + ", ".join(f"`{KINDS[kind].table}`" for kind in field.to),
    }[field.type]
    return f"{said}; required" if field.required else said


if __name__ == "__main__":
    sys.exit(main())
