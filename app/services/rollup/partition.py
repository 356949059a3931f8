"""A partition: what one registry adds to a whole, as a GeoParquet file of its units that stands in place of the registry.

A row a unit: code, name, units above, figures, the numbers whose exact sums they are, outline. It is sealed, and says what it was
made of, so that it is taken for nothing else: of another step, question, zone, profile or program it is no answer.
"""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app import VERSION
from app.domain.kinds import LEVELS, UNIT_KINDS
from app.errors import IntegrityFault, InvalidInput, StorageFault
from app.exchange.formats.geoparquet import GEOMETRY, geo_of
from app.files import put_over
from app.leftovers import EXPORT, own_folder
from app.services.registry.stamp import Stamp
from app.services.rollup.partition_rows import (
    BEFORE,
    CHANGES,
    EXACT,
    FIGURES,
    figure_columns,
    part_from,
    rest_of,
)
from app.services.rollup.sealed import BLANK, is_whole, sealed
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.coverage.results import Query
    from app.services.registry.registry import Registry
    from app.services.rollup.part import Part

ENDING: Final = ".parquet"
_FORM: Final = 1  # of what a partition holds: raised whenever that changes
_MADE: Final = "made_of"
_REST: Final = "adds"


def is_partition(source: str) -> bool:
    """Whether a source is called as partitions are."""
    return source.lower().endswith(ENDING)


def write_partition(path: Path, part: Part, registry: Registry, stamp: Stamp) -> None:
    """Put a part of a registry at ``path``, whole or not at all; the same part gives the same bytes.

    Raises StorageFault where it can't be written.
    """
    content = sealed(_table(part, registry, stamp))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with own_folder(EXPORT, path.parent) as aside:
            draft = aside / path.name
            draft.write_bytes(content)
            put_over(draft, path)
    except OSError as error:
        raise StorageFault(_UNWRITTEN.format(path, words_of(error))) from error


def read_partition(path: Path, query: Query) -> tuple[Part, Stamp]:
    """Return the part that lies at ``path`` and answers a question, and what it was made of.

    Raises InvalidInput where it is no partition, or one of another program or question; IntegrityFault where it is
    damaged; StorageFault where it can't be read.
    """
    import pyarrow.parquet as pq

    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInput(_GONE) from error
    except OSError as error:
        raise StorageFault(_UNREAD.format(words_of(error))) from error
    whole = is_whole(content)
    if whole is None:
        raise IntegrityFault(_NONE)
    if not whole:
        raise IntegrityFault(_DAMAGED)
    file = pq.ParquetFile(io.BytesIO(content))
    said = {key.decode(): value.decode() for key, value in file.metadata.metadata.items()}
    made = json.loads(said[_MADE])
    if (made["form"], made["program"]) != (_FORM, VERSION):
        raise InvalidInput(_OTHER_PROGRAM.format(made["program"], VERSION))
    rest = json.loads(said[_REST])
    _must_answer(query, made["question"], rest["weight"])
    table = file.read([name for name in file.schema_arrow.names if name != GEOMETRY])
    columns = {name: table[name].to_pylist() for name in table.column_names}
    part = part_from(str(path), query, columns, columns, rest)
    return replace(part, is_kept=True), Stamp(**made["stamp"], profile=rest["profile"])


def question_of(query: Query) -> dict[str, Any]:
    """Return what is asked as plain values: what a partition may only be used for."""
    return {
        "measure": query.measure,
        "by": query.by,
        "as_of": query.as_of.isoformat(),
        "count": query.count,
        "kind": query.kind,
        "against": None if query.against is None else query.against.isoformat(),
        "weight": query.weight,
    }


def _must_answer(query: Query, question: dict[str, Any], weight: str) -> None:
    """Raise InvalidInput where another question was asked; ``weight``: the one that it was answered by."""
    asked = question_of(query)
    if asked["weight"] == weight:  # named or not, it is the same
        asked["weight"] = question["weight"]
    if asked != question:
        told = (question["measure"], question["by"], question["as_of"], weight, question["count"])
        raise InvalidInput(_OTHER_QUESTION.format(*told))


def _table(part: Part, registry: Registry, stamp: Stamp) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    query, rows = part.coverage.query, part.coverage.rows
    level = LEVELS.index(query.by)
    above = _above(registry, query, level)
    outlines = _outlines(registry, query, [row.unit for row in rows])
    columns: dict[str, Any] = {
        "code": pa.array([row.unit for row in rows], pa.string()),
        "name": pa.array([row.name for row in rows], pa.string()),
        "level": pa.array([query.by] * len(rows), pa.string()),
    }
    for name in LEVELS[:level]:
        units = above[name]
        columns[name] = pa.array([units.get(row.unit) for row in rows], pa.string())
    types = {CHANGES: pa.string()}
    for day in ("", BEFORE):
        types |= {day + name: pa.float64() for name in FIGURES}
        types |= {day + EXACT + name: pa.list_(pa.float64()) for name in FIGURES}
    for name, values in figure_columns(part).items():
        columns[name] = pa.array(values, types[name])
    columns[GEOMETRY] = pa.array(shapely.to_wkb(outlines), pa.binary())
    said = {
        "geo": json.dumps(geo_of(outlines)),
        "about": json.dumps(_about(part), ensure_ascii=False),
        _MADE: json.dumps(
            {
                "form": _FORM,
                "program": VERSION,
                "stamp": {key: value for key, value in stamp._asdict().items() if key != "profile"},
                "question": question_of(query),
            },
            ensure_ascii=False,
        ),
        _REST: json.dumps(rest_of(part), ensure_ascii=False),
        "checksum": BLANK,
    }
    out = io.BytesIO()
    table = pa.table(columns)
    with pq.ParquetWriter(out, table.schema, compression="snappy", store_schema=False) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(
            said
        )  # as metadata of the schema it would stand there twice, or not at all
    return out.getvalue()


def _above(registry: Registry, query: Query, level: int) -> dict[str, dict[str, str | None]]:
    """Return the units above those of a level, by level and code."""
    derived = registry.engine.derived_many(UNIT_KINDS[level], query.as_of)
    return {name: {code: getattr(derived[code], name) for code in derived} for name in LEVELS[:level]}


def _outlines(registry: Registry, query: Query, codes: list[str]) -> Any:
    """Return outlines on the day, on the day compared with where they are no more, shape (n,); None for none."""
    days = [query.as_of] if query.against is None else [query.as_of, query.against]
    found = np.full(len(codes), None, dtype=object)
    for place, code in enumerate(codes):
        record = registry.dataset.find(code)
        there = [day for day in days if record is not None and record.is_in_force(day)]
        if record is not None and there:
            found[place] = record.geometry_on(there[0])
    return shapely.orient_polygons(found, exterior_cw=False)


def _about(part: Part) -> dict[str, str]:
    """Return for whoever opens the file elsewhere what it holds and for whom."""
    note = part.info.note
    return {
        "zh": _HOLDS.zh.format(part.info.name) + (note.zh if part.info.is_synthetic else ""),
        "en": _HOLDS.en.format(part.info.name) + (f" {note.en}" if part.info.is_synthetic else ""),
    }


_HOLDS: Final = Text(
    "内部版：{0} 一个问题的各单元数字，没有取整，也没有隐去小数目，供上级汇总，不能公开。没有任何记录的内容；"
    "只有不在任何单元里的、有变化的，写了编码。",
    "Internal edition: the figures of {0} by unit for one question, neither rounded nor with small numbers withheld, to be "
    "added up by the level above and not to be published. It holds no record; only what lies in no unit or has changed is named, by its code.",
)
_GONE: Final = Text("没有这个文件。", "There is no such file.")
_UNREAD: Final = Text("读不了：{0}。", "It can't be read: {0}.")
_UNWRITTEN: Final = Text("分区 {0} 写不了：{1}。", "The partition {0} can't be written: {1}.")
_NONE: Final = Text(
    "不是汇总的分区，或只剩下一截。请交来的区用 rollup --partitions 重做，或改给台账。",
    "This is no partition of a roll-up, or only a piece of one. Have it made anew by `rollup --partitions`, or name the registry.",
)
_DAMAGED: Final = Text(
    "分区坏了：内容和写下时的校验码不符。请交来的区用 rollup --partitions 重做，或改给台账。",
    "The partition is damaged: its content does not fit the checksum that was written with it. Have it made anew by "
    "`rollup --partitions`, or name the registry.",
)
_OTHER_PROGRAM: Final = Text(
    "分区是程序 {0} 做的，这里是 {1}：算法可能不同。请用同一版本重做。",
    "The partition was made by version {0}, and this is {1}, which may count otherwise. Have it made anew by the same version.",
)
_OTHER_QUESTION: Final = Text(
    "分区答的是另一个问题：{0}，按 {1}，截至 {2}，计量 {3}，计数 {4}。请按现在的问题重做，或这样问。",
    "The partition answers another question: {0} by {1} as of {2}, weighed by {3}, counted {4}. Have it made anew for this one, or ask that.",
)
