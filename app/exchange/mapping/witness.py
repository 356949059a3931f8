"""The second witness of a heading: whether what a column holds is of its field's form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.kinds import KINDS, UNIT_KINDS, FieldType
from app.domain.values import is_empty
from app.exchange.headings import PLACE_FIELDS
from app.exchange.picture import Lost, Shared, is_error
from app.exchange.values.cells import CellReader
from app.exchange.values.numbers import other_unit
from app.exchange.values.persons import is_like_a_name
from app.exchange.values.places import LAT, LON, is_within, read_coordinate, read_pair
from app.exchange.values.plain import squeezed
from app.exchange.values.written_codes import levels_of_digits
from app.exchange.who.serials import is_serial
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.profile.profile import Profile

_SAMPLE: Final = 400  # filled cells looked at
_MANY: Final = 10  # cells from which a code that comes again and again is no code
_DIGITS: Final = dict(zip((6, 9, 12, 15), UNIT_KINDS, strict=True))
_FLAG: Final = re.compile(r"\d{1,2}(?:\.0)?|[ynYN√×✓\u2717]|true|false", re.IGNORECASE)
_METRES: Final = 100_000.0
_IN_WORDS: Final = {
    FieldType.COUNT: Text("数", "a count"),
    FieldType.NUMBER: Text("数", "a number"),
    FieldType.YEAR: Text("年份", "a year"),
    FieldType.DAY: Text("日期", "a day"),
    FieldType.ANSWER: Text("有 / 无", "yes or no"),
    FieldType.CHOICE: Text("这一项的选项", "one of its choices"),
}


class Testimony(NamedTuple):
    """What a column's cells say to its heading. ``fits`` of ``filled`` are of the form; ``against``: why it is not taken."""

    filled: int
    fits: int
    against: Text | None = None


def testimony(
    kind: str,
    field: str,
    profile: Profile,
    cells: Sequence[object],
    today: date,
    *,
    is_exact: bool,
    heading: str,
) -> Testimony:
    """Return whether a column can be a field. An empty column speaks neither for it nor against it.

    ``heading``: as it stands, with the unit that it names: one that counts something else speaks against the field.
    ``is_exact``: the heading is a name of the field that nothing else has; a code by that name may count the rows.
    """
    filled = _said_in(cells)
    own = KINDS[kind].by_name.get(field)
    if field in PLACE_FIELDS and not is_exact:
        return _of_place(field, filled)
    if not filled or field in PLACE_FIELDS:
        return Testimony(len(filled), len(filled))
    if field == "code":
        return _of_code(kind, filled, is_exact=is_exact)
    if own is not None and own.type is FieldType.REFERENCE:
        return _of_reference(field, own.to, filled)
    if field == "name":
        return _of_name(kind, filled)
    form = _form_of(kind, field, profile)
    if form is None or (kind == "facts" and field == "value"):
        return Testimony(len(filled), len(filled))
    unit = other_unit(field, heading) if form is FieldType.COUNT else None
    if unit is not None:
        return Testimony(
            len(filled), 0, Text(f"列名里写的单位是“{unit}”。", f"the unit in its heading is {unit!r}.")
        )
    reader = CellReader(kind, field, profile, heading=heading, today=today, cells=lambda: filled, answers={})
    fits = sum(1 for cell in filled if _is_of_form(reader, cell, form))
    if fits * 2 >= len(filled):
        return Testimony(len(filled), fits)
    wanted, other = _IN_WORDS[form], len(filled) - fits
    shown = "、".join(dict.fromkeys(str(c)[:12] for c in filled if not _is_of_form(reader, c, form)))[:60]
    return Testimony(
        len(filled),
        fits,
        Text(
            f"{len(filled)} 个值里 {other} 个不是{wanted.zh}（{shown}）。",
            f"{other} of {len(filled)} values are not {wanted.en} ({shown}).",
        ),
    )


def _said_in(cells: Sequence[object]) -> list[object]:
    """Return what is looked at of a column: its filled cells, not those whose content is lost."""
    said = (c for c in cells if not is_empty(c) and not isinstance(c, Lost | Shared))
    return [c for c in said if not (isinstance(c, str) and is_error(c.strip()))][:_SAMPLE]


def level_of_codes(cells: Sequence[object]) -> str | None:
    """Return the kind of units whose codes a column holds by their digits: 6, 9, 12 and 15 are the four levels."""
    digits = levels_of_digits(_said_in(cells))
    return None if digits is None else _DIGITS[digits]


def holds_names_of_persons(cells: Sequence[object]) -> bool:
    """Whether most of what a column holds could be persons' names."""
    filled = [squeezed(str(cell)) for cell in _said_in(cells)]
    return bool(filled) and sum(1 for text in filled if is_like_a_name(text)) * 2 > len(filled)


def holds_counts_or_answers(cells: Sequence[object]) -> bool:
    """Whether what a column holds is small numbers, or yes and no: nothing of a person, whatever it is called."""
    filled = [squeezed(str(cell)) for cell in _said_in(cells)]
    plain = re.compile(
        r"\d{1,6}(?:\.\d+)?[%户人个名处台次]?|是|否|有|无|√|×|已.{1,3}|未.{1,3}|yes|no|y|n|true|false",
        re.IGNORECASE,
    )
    return bool(filled) and sum(1 for text in filled if plain.fullmatch(text)) * 10 >= len(filled) * 9


def _form_of(kind: str, field: str, profile: Profile) -> FieldType | None:
    own, spec = KINDS[kind].by_name.get(field), profile.facts.get(field)
    if own is None and field in ("valid_from", "valid_until", "surveyed"):
        return FieldType.DAY
    if own is not None:
        return None if own.type is FieldType.TEXT else own.type
    if spec is None or spec.type == "text":
        return None
    return {"answer": FieldType.ANSWER, "choice": FieldType.CHOICE, "count": FieldType.COUNT}.get(
        spec.type, FieldType.NUMBER
    )


def _is_of_form(reader: CellReader, cell: object, form: FieldType) -> bool:
    """Whether a cell is read, or asked about as what its form can be; any word may be asked about as an answer."""
    read = reader.read(cell)
    if read.meaning is not None:
        return True
    return bool(read.options) and form not in (FieldType.ANSWER, FieldType.CHOICE)


def is_axis(cells: Sequence[object], ranges: Sequence[tuple[float, float]]) -> bool:
    """Whether what fills a column lies, nine of ten, within one of some ranges of coordinates."""
    found = [read_coordinate(cell) for cell in _said_in(cells)]
    within = sum(1 for n in found if n is not None and is_within(n, ranges))
    return bool(found) and within * 10 >= len(found) * 9


def _of_place(field: str, filled: Sequence[object]) -> Testimony:
    """Return whether cells can be a place in China, or one half of it: degrees, or metres of a projection."""
    fits = sum(1 for cell in filled if _is_place(field, cell))
    if fits * 2 > len(filled):
        return Testimony(len(filled), fits)
    return Testimony(len(filled), fits, Text("里面不是坐标。", "it holds no coordinates."))


def _is_place(field: str, cell: object) -> bool:
    if field == "wkt":
        return read_pair(cell) is not None
    low, high = LON if field == "lon" else LAT
    value = read_coordinate(cell)
    return value is not None and (low <= value <= high or value >= _METRES)


def _of_code(kind: str, filled: Sequence[object], *, is_exact: bool) -> Testimony:
    count = len(filled)
    if count >= _MANY and len(set(filled)) * 4 < count:
        return Testimony(count, 0, Text("同一个值反复出现。", "the same value comes again and again."))
    if not is_exact and is_serial(filled):
        return Testimony(
            count,
            0,
            Text(
                "只是顺序号。真是代码就写明这一列是代码。",
                "it only counts the rows. If it is the code, say so of this column.",
            ),
        )
    level = level_of_codes(filled)
    if kind in UNIT_KINDS and level is not None and level != kind:
        words = KINDS[level].words
        return Testimony(
            count, 0, Text(f"里面是{words.zh}的代码。", f"it holds codes of {words.en.lower()}.")
        )
    return Testimony(count, count)


def _of_reference(field: str, to: Sequence[str], filled: Sequence[object]) -> Testimony:
    level = level_of_codes(filled)
    if level is not None and set(to) <= set(UNIT_KINDS) and level not in to:
        words = KINDS[level].words
        return Testimony(
            len(filled), 0, Text(f"里面是{words.zh}的代码。", f"it holds codes of {words.en.lower()}.")
        )
    flags = sum(1 for cell in filled if re.fullmatch(r"[01](?:\.0)?|[是否有无√×]", squeezed(str(cell))))
    if field != "grid" and flags * 2 > len(filled):
        return Testimony(len(filled), 0, Text("里面不是名称或代码。", "it holds neither names nor codes."))
    return Testimony(len(filled), len(filled))


def _of_name(kind: str, filled: Sequence[object]) -> Testimony:
    flags = sum(1 for cell in filled if isinstance(cell, bool) or _FLAG.fullmatch(squeezed(str(cell))))
    if kind != "buildings" and flags * 2 > len(filled):
        return Testimony(len(filled), 0, Text("里面是数，不是名称。", "it holds numbers, not names."))
    if level_of_codes(filled) is not None:
        return Testimony(len(filled), 0, Text("里面是代码，不是名称。", "it holds codes, not names."))
    return Testimony(len(filled), len(filled))
