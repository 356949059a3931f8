"""Finding records by what people call them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, OFFERED_KINDS
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.kinds import Kind
    from app.domain.record import Record

_PADDED: Final = re.compile(r"\d{9}000")  # a district or street as the statistics office prints it


def find_record(dataset: Dataset, code: str) -> Record | None:
    """Return the record with this code; a firm is also found by its credit code, a unit by its padded code."""
    code = code.strip()
    record = dataset.find(code)
    if record is None and _PADDED.fullmatch(code):
        short = (dataset.find(code[:9]), dataset.find(code[:6]) if code.endswith("000000") else None)
        record = next((r for r in short if r is not None and r.kind in ("districts", "streets")), None)
    if record is None and len(code) == 18:
        place = KINDS["firms"].index["credit_code"]
        record = next(
            (firm for firm in dataset.of("firms").values() if firm.values[place] == code.upper()), None
        )
    return record


def no_such(code: str) -> InvalidInput:
    """Return the refusal of a code that nothing has."""
    message = Text(
        f"没有代码 {code}。用 list 或搜索找到它。", f"There is no code {code}; list or search to find it."
    )
    return InvalidInput(message, (Problem(message=message, code=code),))


def record_called(dataset: Dataset, code: str) -> Record:
    """Return the record with this code as ``find_record`` finds it; raise InvalidInput if there is none."""
    record = find_record(dataset, code)
    if record is None:
        raise no_such(code)
    return record


def record_of(dataset: Dataset, code: str, kind: str, column: str | None = None) -> Record:
    """Return the record of a plural kind with this code; raise InvalidInput, with its ``column``, for any other."""
    record = record_called(dataset, code)
    if record.kind != kind:
        is_, wanted = KINDS[record.kind].words, KINDS[kind].words
        message = Text(
            f"{record.code} 是{is_.zh}，不是{wanted.zh}。",
            f"{record.code} is one of {is_.en}, not of {wanted.en}.",
        )
        raise InvalidInput(message, (Problem(message=message, code=record.code, column=column),))
    return record


def record_on(dataset: Dataset, code: str, kind: str, day: date) -> Record:
    """Return the record of a plural kind that is in force on a day; raise InvalidInput for any other code."""
    record = record_of(dataset, code, kind)
    if not record.is_in_force(day):
        words = KINDS[kind].words
        span = f"{record.valid_from or '…'} – {record.valid_until or '…'}"
        message = Text(
            f"{day} 这天没有{words.zh} {record.code}（{span}）。",
            f"{record.code} of {words.en} is not in force on {day} ({span}).",
        )
        raise InvalidInput(message, (Problem(message=message, code=record.code),))
    return record


def kind_named(name: str) -> Kind:
    """Return a kind by its plural name; raise InvalidInput that lists them."""
    if name not in OFFERED_KINDS:
        raise InvalidInput(
            Text(
                f"没有 {name!r} 这一类。有：{'、'.join(OFFERED_KINDS)}。",
                f"There is no kind {name!r}: {', '.join(OFFERED_KINDS)}.",
            )
        )
    return OFFERED_KINDS[name]


def street_called(dataset: Dataset, written: str | None) -> str:
    """Return the code of a street as it is written; "" for none; raise InvalidInput for one that there isn't."""
    return record_called(dataset, written).code if written else ""
