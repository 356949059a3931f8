"""New codes: where a record brings none, one is made that was never used before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.domain.dataset import Dataset


class CodeMaker:
    """Makes codes for one batch of new records; remembers those it gave."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._last: dict[tuple[str, int], int] = {}

    def make(self, kind: str, community: str | None = None) -> str:
        """Return the next free code: community + 3 digits for a grid, else a letter + 6 digits.

        Raises InvalidInput for kinds whose codes are official (district, street, community).
        """
        letter = KINDS[kind].letter or {"grids": "G"}.get(kind, "")
        if kind == "grids" and community:
            return self._next(community, 3)
        if not letter:
            raise InvalidInput(
                Text(
                    f"{KINDS[kind].words.zh}要写 code：统计用区划代码不能由程序编。",
                    f"{KINDS[kind].words.en} need their official code; the program can't make one.",
                )
            )
        return self._next(letter, 6)

    def _next(self, prefix: str, digits: int) -> str:
        key = (prefix, digits)
        if key not in self._last:
            form = re.compile(rf"^{re.escape(prefix)}(\d{{{digits}}})$")
            found = (form.match(code) for code in self._dataset.used_codes)
            self._last[key] = max((int(match.group(1)) for match in found if match), default=0)
        self._last[key] += 1
        return f"{prefix}{self._last[key]:0{digits}d}"


def provisional_code(parent: str, used: Collection[str]) -> str:
    """Return a code for a street or community that has no official one: that of the unit above it and 900 to 999.

    Raises InvalidInput where all hundred are used.
    """
    for number in range(900, 1000):
        code = f"{parent}{number}"
        if code not in used:
            return code
    raise InvalidInput(
        Text(
            f"{parent} 的临时代码（900 到 999）用完了。写正式代码。",
            f"All provisional codes of {parent} (900 to 999) are used. Write official codes.",
        )
    )
