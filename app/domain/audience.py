"""Who reads what leaves a registry, from the widest circle to the closest."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from app.text import Text


class Audience(StrEnum):
    """Who a file is for."""

    PUBLIC = "public"
    STREET = "street"
    INTERNAL = "internal"

    @property
    def words(self) -> Text:
        """What the file calls its readers."""
        return _WORDS[self]

    def may_read(self, least: Audience) -> bool:
        """Whether these readers may have what is kept for ``least`` and those above."""
        order = list(Audience)
        return order.index(self) >= order.index(least)


_WORDS: Final = {
    Audience.PUBLIC: Text("公众版", "public edition"),
    Audience.STREET: Text("街道版", "street edition"),
    Audience.INTERNAL: Text("内部版", "internal edition"),
}
