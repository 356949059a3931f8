"""How fields are declared in a line, and the fields that many kinds have."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.domain.audience import Audience
from app.domain.kind import Field, FieldType
from app.text import Text


def text(name: str, zh: str, en: str, *, required: bool = False) -> Field:
    """Return a free text, looked through for personal numbers."""
    return Field(name=name, type=FieldType.TEXT, words=Text(zh, en), required=required)


def key(name: str, zh: str, en: str) -> Field:
    """Return a text from a list of its own, which says what a row is about."""
    return Field(
        name=name,
        type=FieldType.TEXT,
        words=Text(zh, en),
        required=True,
        is_screened=False,
        is_structure=True,
    )


def count(name: str, zh: str, en: str) -> Field:
    """Return a whole number, 0 or more."""
    return Field(name=name, type=FieldType.COUNT, words=Text(zh, en))


def number(name: str, zh: str, en: str) -> Field:
    """Return a number, 0 or more."""
    return Field(name=name, type=FieldType.NUMBER, words=Text(zh, en))


def year(name: str, zh: str, en: str) -> Field:
    """Return a year."""
    return Field(name=name, type=FieldType.YEAR, words=Text(zh, en))


def day(name: str, zh: str, en: str, *, required: bool = False) -> Field:
    """Return a day."""
    return Field(name=name, type=FieldType.DAY, words=Text(zh, en), required=required)


def choice(name: str, choices: str, zh: str, en: str, *, required: bool = False) -> Field:
    """Return one of a set of the profile's choices."""
    return Field(name=name, type=FieldType.CHOICE, words=Text(zh, en), required=required, choices=choices)


def to(name: str, *kinds: str, zh: str, en: str, required: bool = False) -> Field:
    """Return a reference to a record of one of some kinds."""
    return Field(
        name=name,
        type=FieldType.REFERENCE,
        words=Text(zh, en),
        required=required,
        to=kinds,
        is_structure=True,
    )


def to_those_with(what: str, name: str, zh: str, en: str) -> Field:
    """Return a reference to a record of any kind that says it may have ``what``."""
    return Field(
        name=name,
        type=FieldType.REFERENCE,
        words=Text(zh, en),
        required=True,
        to_those_with=what,
        is_structure=True,
    )


def public(field: Field) -> Field:
    """Return the same field, which the public may have."""
    return replace(field, least=Audience.PUBLIC)


NAME: Final = text("name", "名称", "Name")
NAME_REQUIRED: Final = text("name", "名称", "Name", required=True)
COMPOUND: Final = to("compound", "compounds", zh="小区", en="Compound")
GRID: Final = to("grid", "grids", zh="网格", en="Grid")
COMMUNITY: Final = to("community", "communities", zh="社区", en="Community")
STREET: Final = to("street", "streets", zh="街道", en="Street")
DISTRICT: Final = to("district", "districts", zh="区", en="District")
