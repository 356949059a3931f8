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
