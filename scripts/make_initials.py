"""Make ``resources/pinyin/initials.txt``: one letter for each Chinese character, from the package pypinyin.

Run with pypinyin 0.55 installed: ``python scripts/make_initials.py``. The file holds, for U+3400 to U+4DBF and then
U+4E00 to U+9FFF, the first letter of the most common reading, or a dot where there is none.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pypinyin import Style, pinyin

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from app.domain.initials import BLOCKS

OUT = Path(__file__).resolve().parents[1] / "resources" / "pinyin" / "initials.txt"


def letter(character: str) -> str:
    found = pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    first = found[0][0].lower() if found and found[0] else ""
    return first if first.isascii() and first.isalpha() else "."


if __name__ == "__main__":
    OUT.parent.mkdir(exist_ok=True)
    lines = ["".join(letter(chr(code)) for code in range(first, last + 1)) for first, last in BLOCKS]
    OUT.write_text("\n".join(lines) + "\n", "ascii")
    print(f"{OUT.name}: {sum(map(len, lines)):,} characters")
