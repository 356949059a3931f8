"""What mends a finding, where there is exactly one right way: values that are written, records that end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Write:
    """Write a value into a field: a correction, or from a day on (``since``) where another value held before."""

    code: str
    field: str
    value: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Let a record end yesterday: everything in it stands in ``stays`` as well."""

    code: str
    stays: str


Mend = Write | End
