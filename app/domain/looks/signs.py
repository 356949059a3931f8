"""How service stations are drawn where there are no pictures: one character in a round or square badge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.text import Text

ROUND: Final = ("grid_post", "neighbourhood_centre", "property_office")  # places of rest; offices are square
_SIGNS: Final = {"grid_post": "驿", "property_office": "管", "mediation_room": "调"}


def sign_of(kind: str, words: Text | None) -> str:
    """Return the character of a kind of station: the first of what it is called, where none was chosen."""
    return _SIGNS.get(kind) or (words.zh[:1] if words else "站")
