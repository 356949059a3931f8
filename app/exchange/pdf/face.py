"""The bundled font in a PDF: widths, the glyphs that were used and no others, their outlines.

A glyph is told by its number in the font (CID), which is what a page's text holds; what a reader finds again is told by
the characters that were written, so that no radical stands where a character stood.
"""

from __future__ import annotations

import io
from functools import cache, cached_property
from importlib import resources
from typing import Any, Final

_FILES: Final = {False: "XiaoquSans-Regular.otf", True: "XiaoquSans-Bold.otf"}
MISSING: Final = "□"  # stands for a character that the font has not


@cache
def face(*, bold: bool) -> Face:
    """Return a weight of the bundled font."""
    return Face((resources.files("resources") / "fonts" / _FILES[bold]).read_bytes())


class Face:
    """One weight. Lengths are in thousandths of the size unless they are said otherwise."""

    def __init__(self, content: bytes) -> None:
        from fontTools.ttLib import TTFont  # costs 0.1 s, needed for papers alone

        self._content = content
        self._font = TTFont(io.BytesIO(content), lazy=True)
        self._cmap: dict[int, str] = self._font.getBestCmap()
        self._metrics: dict[str, tuple[int, int]] = self._font["hmtx"].metrics
        self.name = str(self._font["name"].getDebugName(6))
        self.ascent, self.descent = self._font["hhea"].ascent, self._font["hhea"].descent
        self._cids: dict[str, int] = {}
        self._widths: dict[int, int] = {}

    def has(self, character: str) -> bool:
        """Whether the font has a character."""
        return ord(character) in self._cmap

    def cid(self, character: str) -> int:
        """Return a character's glyph; that of ``MISSING`` where the font has none."""
        if (known := self._cids.get(character)) is not None:
            return known
        name = self._cmap.get(ord(character)) or self._cmap[ord(MISSING)]
        found = self._cids[character] = int(name.removeprefix("cid"))
        self._widths[found] = self._metrics[name][0]
        return found

    def advance(self, cid: int) -> int:
        """Return how wide a glyph is that was asked for."""
        return self._widths[cid]

    def width(self, text: str, size: float) -> float:
        """Return how wide a text is, in the unit of ``size``."""
        return sum(self._widths[self.cid(character)] for character in text) * size / 1000

    @cached_property
    def _glyphs(self) -> Any:
        return self._font.getGlyphSet()

    def outline(self, cid: int) -> str:
        """Return a glyph's outline as path operators, unpainted."""
        from fontTools.pens.basePen import BasePen

        found: list[str] = []

        class _Pen(BasePen):  # type: ignore[misc]  # the library says no types
            def _moveTo(self, pt: tuple[float, float]) -> None:
                found.append(f"{pt[0]:g} {pt[1]:g} m")

            def _lineTo(self, pt: tuple[float, float]) -> None:
                found.append(f"{pt[0]:g} {pt[1]:g} l")

            def _curveToOne(self, *points: tuple[float, float]) -> None:
                found.append(" ".join(f"{x:g} {y:g}" for x, y in points) + " c")

            def _closePath(self) -> None:
                found.append("h")

        self._glyphs[f"cid{cid:05d}"].draw(_Pen(self._glyphs))
        return " ".join(found)

    def subset(self, characters: frozenset[str]) -> bytes:
        """Return the font's outlines (CFF) of these characters alone; the same characters give the same bytes."""
        from fontTools import subset
        from fontTools.ttLib import TTFont

        font = TTFont(io.BytesIO(self._content), lazy=True, recalcTimestamp=False)
        options = subset.Options()
        options.layout_features = []
        options.name_IDs = []
        options.hinting = False
        options.desubroutinize = True
        options.notdef_outline = True
        maker = subset.Subsetter(options)
        maker.populate(text="".join(sorted(characters)) + MISSING)
        maker.subset(font)
        written = io.BytesIO()
        font["CFF "].cff.compile(written, font, isCFF2=False)
        return written.getvalue()


def glyph_name(key: tuple[bool, int, str]) -> str:
    """Return what a page calls a glyph that is drawn as a picture: weight, glyph, and S (its edge) or f (its ground)."""
    bold, cid, paint = key
    return f"G{int(bold)}{paint}{cid}"
