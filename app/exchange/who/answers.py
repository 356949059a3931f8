"""What the user answers: ``ROW=new``, ``ROW=CODE`` or ``ROW=leave`` of a row, ``NAME=CODE`` of a name that rows refer to.

A row of one of several sheets is ``SHEET!ROW``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def answered_rows(answers: Mapping[str, str]) -> dict[str, str]:
    """Return row → answer."""
    return {asked: said for asked, said in answers.items() if _is_row(asked)}


def answered_names(answers: Mapping[str, str]) -> dict[str, str]:
    """Return name as the file writes it → code."""
    return {asked: said for asked, said in answers.items() if not _is_row(asked)}


def _is_row(asked: str) -> bool:
    return asked.rpartition("!")[2].isdigit()
