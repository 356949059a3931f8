"""The records that go on: codes never used before, names, and what they take over."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from app.domain.codes.codes import normal_code
from app.domain.codes.maker import CodeMaker, provisional_code
from app.domain.kinds import KINDS
from app.domain.record import make_record
from app.errors import InvalidInput, Problem
from app.services.lineage.ground import parents_by_place, unit_around
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record, Value
    from app.services.lineage.base import Ground

_ABOVE: Final = {
    "streets": "district",
    "communities": "street",
    "grids": "community",
}  # whose code one begins with
_PROVISIONAL: Final = ("streets", "communities")  # their true codes are official


def successors_of(
    ground: Ground,
    old: Record,
    outlines: Sequence[BaseGeometry],
    *,
    codes: Sequence[str] = (),
    names: Sequence[str] = (),
) -> list[Record]:
    """Return new records for outlines, each with what ``old`` holds on the day and the units in which it lies.

    ``codes``, ``names``: those that a user gave, in order; the others are made. Raises InvalidInput for more of them than
    there are outlines, and for a code that is taken.
    """
    _must_be_so_many(old, codes, names, len(outlines))
    parents = parents_by_place(ground, old, outlines)
    given = [normal_code(old.kind, code) for code in codes if code.strip()]
    for place, code in enumerate(given):
        _must_be_free(ground, code, given[:place])
    made = made_codes(ground, old, outlines[len(given) :], parents[len(given) :], given)
    records = []
    for place, (code, outline) in enumerate(zip([*given, *made], outlines, strict=True)):
        values: dict[str, Value] = {field.name: old.get(field.name) for field in KINDS[old.kind].fields}
        values.update(parents[place])
        if KINDS[old.kind].chain in values:
            values[KINDS[old.kind].chain] = None
        if "name" in values:
            values["name"] = _name(old, place, len(outlines), names)
        records.append(
            make_record(
                old.kind,
                str(uuid.uuid4()),
                code,
                valid_from=ground.day,
                valid_until=old.valid_until,
                source=old.source,
                geometry=outline,
                **values,
            )
        )
    return records


def _must_be_so_many(old: Record, codes: Sequence[str], names: Sequence[str], count: int) -> None:
    for option, words, given in (
        ("code", Text("代码", "codes"), codes),
        ("name", Text("名称", "names"), names),
    ):
        if len(given) > count:
            said = Text(
                f"只有 {count} 份，却写了 {len(given)} 个{words.zh}：{'、'.join(given)}。去掉多的。",
                f"There are {count} parts but {len(given)} {words.en}: {', '.join(given)}. Leave out those that are too many.",
            )
            raise InvalidInput(
                said, (Problem(message=said, code=old.code, column=option, value=given[count]),)
            )


def _must_be_free(ground: Ground, code: str, given: Sequence[str]) -> None:
    if code in given:
        said = Text(
            f"{code} 写了两次，每一份要有自己的代码。",
            f"{code} is given twice; each part needs a code of its own.",
        )
        raise InvalidInput(said, (Problem(message=said, code=code, column="code", value=code),))
    other = ground.dataset.find(code)
    if other is not None or code in ground.dataset.used_codes:
        words = None if other is None else KINDS[other.kind].words
        said = (
            Text(f"{code} 用过，代码不再用第二次。", f"{code} was used before; codes are never used again.")
            if words is None
            else Text(f"{code} 已经是一个{words.zh}的代码。", f"{code} is taken ({words.en}).")
        )
        raise InvalidInput(said, (Problem(message=said, code=code, column="code", value=code),))


def _name(old: Record, place: int, count: int, names: Sequence[str]) -> str | None:
    if place < len(names) and names[place].strip():
        return names[place].strip()
    name = old.text("name").strip()
    return (f"{name}（{place + 1}）" if count > 1 else name) or None


def made_codes(
    ground: Ground,
    old: Record,
    outlines: Sequence[BaseGeometry],
    parents: Sequence[dict[str, str]],
    given: Sequence[str],
) -> list[str]:
    """Return a new code for each outline: by the unit it lies in for a grid, provisional for a street or community.

    Raises InvalidInput for a district, whose code is official.
    """
    maker, used = CodeMaker(ground.dataset), ground.dataset.used_codes
    codes: list[str] = []
    for outline, otherwise in zip(outlines, parents, strict=True):
        mine = {*given, *codes}
        if old.kind == "districts":
            raise _no_code(
                old,
                Text(
                    "区的代码由统计局定，程序不能编。",
                    "Codes of districts are official; the program can't make one.",
                ),
            )
        level = _ABOVE.get(old.kind)
        above = otherwise.get(level or "") or (
            old.get(level) or unit_around(ground, level, outline) if level else None
        )
        if old.kind in _PROVISIONAL:
            if above is None:
                raise _no_code(
                    old,
                    Text(
                        f"不知道 {old.code} 属于哪里，编不出临时代码。",
                        f"It is not known what {old.code} belongs to, so no provisional code can be made.",
                    ),
                )
            code = provisional_code(str(above), used | mine)
        else:
            parent = None if above is None else str(above)
            code = maker.make(old.kind, parent)
            while code in mine:
                code = maker.make(old.kind, parent)
        codes.append(code)
    return codes


def _no_code(old: Record, why: Text) -> InvalidInput:
    said = Text(f"{why.zh}给每一份写上代码（--code）。", f"{why.en} Give each part its code (--code).")
    return InvalidInput(said, (Problem(message=said, code=old.code, column="code"),))
