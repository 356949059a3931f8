"""What a kind of record is: its names and its fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.text import Text


class FieldType(StrEnum):
    """How a field's value is read, stored and shown."""

    TEXT = "text"
    COUNT = "count"  # int, 0 or more
    NUMBER = "number"  # float, 0 or more
    YEAR = "year"  # int
    DAY = "day"  # datetime.date
    CHOICE = "choice"  # str, one of the profile's choices named by Field.choices
    ANSWER = "answer"  # str: yes, no, unknown
    REFERENCE = "reference"  # str: the code of a record of one of Field.to


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a kind. ``to``: the kinds a reference may point at. ``choices``: a set of the profile.

    ``is_screened``: a text or number may hold no mobile or identity number; False for what is no free text.
    ``is_structure``: it says what a row is about, not what was found out.
    """

    name: str
    type: FieldType
    words: Text
    required: bool = False
    to: tuple[str, ...] = ()
    choices: str = ""
    is_screened: bool = True
    is_structure: bool = False


@dataclass(frozen=True)
class Kind:
    """One kind of record. ``name`` as commands say it, ``table`` as the file says it.

    ``letter`` begins the codes made for it; "" = its codes are official (units) or made from others.
    ``coded`` is False for rows that are named by their subject instead of a code of their own.
    ``is_internal``: the program writes it by a verb of its own; nobody imports, lists or exports it.
    """

    name: str
    table: str
    words: Text
    fields: tuple[Field, ...]
    letter: str = ""
    is_layer: bool = False
    coded: bool = True
    is_internal: bool = False

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each field in ``Record.values``."""
        return {field.name: place for place, field in enumerate(self.fields)}

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {field.name: field for field in self.fields}
