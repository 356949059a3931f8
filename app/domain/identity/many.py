"""The normal forms of many names at once: the forms that ``names`` gives each, made of all texts in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.identity.names import is_plainly_normal, normal_name, without_estate
from app.domain.identity.nearness import whole_of
from app.domain.identity.spelling import counted_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def normal_names(kind: str, texts: Sequence[str]) -> list[str]:
    """Return ``normal_name`` of each text."""
    if not is_plainly_normal(kind):
        return [normal_name(kind, text) for text in texts]
    return _by_line(lambda lines: without_estate(counted_lines(lines)), texts)


def counted_forms(texts: Sequence[str]) -> list[str]:
    """Return ``counted`` of each text."""
    return _by_line(counted_lines, texts)


def wholes_of(names: Sequence[str]) -> list[str]:
    """Return ``whole_of`` of each name of normal form."""
    return _by_line(whole_of, names)


def _by_line(made: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """Return what becomes of each text when all of them are lines of one; a line break within one ends no text."""
    if not texts:
        return []
    lines = "\n".join(texts)
    if lines.count("\n") >= len(texts):
        lines = "\n".join([text.replace("\n", " ") for text in texts])
    return made(lines).split("\n")
