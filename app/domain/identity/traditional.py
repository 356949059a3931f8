"""Traditional characters that names of places, firms and organisations are written with, and their simplified forms.

A declared table (``resources/names/traditional.txt``), not a converter: each pair is one character for one, and none of
the left ones is in use as a simplified character too.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

SIMPLIFIED: Final = {
    ord(pair[0]): pair[1]
    for pair in (files("resources") / "names" / "traditional.txt").read_text("utf-8").split()
}
