"""What the sheets of an import template are called: an import knows a template, and its kind, by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import OFFERED_KINDS
from app.text import Text

if TYPE_CHECKING:
    from app.domain.kinds import Kind

ABOUT: Final = Text("说明", "About")
LISTS: Final = Text("代码表", "Codes")
SCHEMES: Final = Text("评价办法 schemes", "schemes (template)")
STARS: Final = Text("星级 stars", "stars (template)")
NAMES: Final = Text("名目 words", "words (template)")
PROBLEMS: Final = Text("要改的行", "Rows to correct")
ROW: Final = Text("原表行号", "Row of the table")
WRONG: Final = Text("问题（改好这一行再导）", "What is wrong (correct the row and import again)")


def sheet_name(kind: Kind, lang: str) -> str:
    """Return the name of the sheet that holds the rows of a kind."""
    return f"{kind.name} (template)" if lang == "en" else f"{kind.words.zh} {kind.name}"


_KIND_OF: Final = {
    sheet_name(kind, lang): kind.name for kind in OFFERED_KINDS.values() for lang in ("zh", "en")
}


def template_kind(sheet: str | None) -> str | None:
    """Return the kind whose template a sheet is, None for a stranger's sheet."""
    return None if sheet is None else _KIND_OF.get(sheet.strip())


def template_sheets(kind: str) -> tuple[str, ...]:
    """Return the names that a kind's sheet may have."""
    return tuple(name for name, named in _KIND_OF.items() if named == kind)


def problem_sheet(kind: Kind, lang: str) -> str:
    """Return the name of the sheet on which refused rows of a kind are sent back."""
    return f"{PROBLEMS.in_(lang)} {kind.words.zh if lang == 'zh' else kind.name}"


_RETURNED: Final = {
    problem_sheet(kind, lang): kind.name for kind in OFFERED_KINDS.values() for lang in ("zh", "en")
}


def returned_kind(sheet: str | None) -> str | None:
    """Return the kind whose refused rows a sheet holds, sent back; None for any other sheet."""
    return None if sheet is None else _RETURNED.get(sheet.strip())


def returned_sheets(kind: str) -> tuple[str, ...]:
    """Return the names that a sheet of a kind's refused rows may have."""
    return tuple(name for name, named in _RETURNED.items() if named == kind)


def is_ours(heading: str) -> bool:
    """Whether a column of refused rows that were sent back was added by us."""
    return heading.strip() in {*_both(ROW), *_both(WRONG)}


def _both(words: Text) -> tuple[str, str]:
    return words.zh, words.en
