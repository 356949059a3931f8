"""A PDF document: pages, fonts, links, bookmarks, written so that the same content gives the same bytes."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.exchange.pdf.face import face, glyph_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.exchange.pdf.canvas import Canvas

_MOST: Final = 100  # characters that one block of a map of characters may hold
_FONTS: Final = {False: "F0", True: "F1"}


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A line of the list of contents: where it leads, and what stands below it."""

    title: str
    target: str
    below: tuple[Bookmark, ...] = ()


@dataclass(kw_only=True)
class Document:
    """Pages in order. ``kept``: what the file keeps of what it says, by a key of letters, digits, - and _, or ""."""

    title: str
    lang: str
    day: date
    pages: list[Canvas] = field(default_factory=list)
    bookmarks: tuple[Bookmark, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        """Return the finished file."""
        return _Writer(self).file()


class _Writer:
    """Numbers objects and writes them one after another."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._objects: list[bytes | None] = []

    def file(self) -> bytes:
        catalog, info = self._reserve(), self._reserve()
        fonts = {bold: self._font(bold) for bold in (False, True)}
        glyphs = {
            key: self._glyph(*key) for key in sorted({k for p in self._document.pages for k in p.glyphs})
        }
        pages = [self._reserve() for _ in self._document.pages]
        tree = self._reserve()
        numbers = {page.name: number for page, number in zip(self._document.pages, pages, strict=True)}
        for page, number in zip(self._document.pages, pages, strict=True):
            self._page(page, number, tree, fonts, glyphs, numbers)
        kids = " ".join(f"{number} 0 R" for number in pages)
        self._set(tree, f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>")
        outline = self._outline(numbers)
        lang = "zh-CN" if self._document.lang == "zh" else "en"
        self._set(
            catalog,
            f"<< /Type /Catalog /Pages {tree} 0 R /Lang ({lang}) /ViewerPreferences << /DisplayDocTitle true >>"
            + (f" /Outlines {outline} 0 R /PageMode /UseOutlines" if outline else "")
            + f" /CRKept [{' '.join(f'({key}) ({said})' for key, said in self._document.kept.items())}]"
            + " >>",
        )
        day = self._document.day.strftime("D:%Y%m%d000000Z")
        self._set(
            info, f"<< /Title {text_string(self._document.title)} /CreationDate ({day}) /ModDate ({day}) >>"
        )
        return self._written(catalog, info)

    def _written(self, catalog: int, info: int) -> bytes:
        out = bytearray(b"%PDF-1.7\n%\xe5\xb0\x8f\xe5\x8c\xba\n")
        places = []
        for number, content in enumerate(self._objects, 1):
            places.append(len(out))
            assert content is not None  # noqa: S101  # every number that was reserved was used
            out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
        start = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
        out += b"".join(b"%010d 00000 n \n" % place for place in places)
        digest = hashlib.sha256(out).hexdigest()[:32]
        out += (
            f"trailer\n<< /Size {len(places) + 1} /Root {catalog} 0 R /Info {info} 0 R /ID [<{digest}> <{digest}>] >>\n"
            f"startxref\n{start}\n%%EOF\n"
        ).encode("ascii")
        return bytes(out)

    def _reserve(self) -> int:
        self._objects.append(None)
        return len(self._objects)

    def _set(self, number: int, content: str | bytes) -> None:
        self._objects[number - 1] = content.encode("latin-1") if isinstance(content, str) else content

    def _add(self, content: str | bytes) -> int:
        number = self._reserve()
        self._set(number, content)
        return number

    def _stream(self, content: bytes, entries: str = "") -> int:
        packed = zlib.compress(content, 6)
        head = f"<< {entries} /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode("latin-1")
        return self._add(head + packed + b"\nendstream")

    def _font(self, bold: bool) -> int:
        used = frozenset().union(*(page.used[bold] for page in self._document.pages))
        font = face(bold=bold)
        of = {font.cid(character): character for character in sorted(used, reverse=True)}
        content = font.subset(used)
        tag = "".join(chr(65 + byte % 26) for byte in hashlib.sha256(content).digest()[:6])
        name = f"{tag}+{font.name}"
        file = self._stream(content, "/Subtype /CIDFontType0C")
        descriptor = self._add(
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-1000 {font.descent} 2000 {font.ascent}] "
            f"/ItalicAngle 0 /Ascent {font.ascent} /Descent {font.descent} /CapHeight 733 "
            f"/StemV {140 if bold else 80} /FontFile3 {file} 0 R >>"
        )
        widths = " ".join(f"{cid} [{font.advance(cid)}]" for cid in sorted(of))
        descendant = self._add(
            f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{name} "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor {descriptor} 0 R /DW 1000 /W [{widths}] >>"
        )
        map_ = self._stream(_characters(of).encode("ascii"))
        return self._add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            f"/DescendantFonts [{descendant} 0 R] /ToUnicode {map_} 0 R >>"
        )

    def _glyph(self, bold: bool, cid: int, paint: str) -> int:
        return self._stream(
            f"{face(bold=bold).outline(cid)} {paint}".encode("ascii"),
            "/Type /XObject /Subtype /Form /BBox [-300 -400 1500 1300]",
        )

    def _page(
        self,
        page: Canvas,
        number: int,
        tree: int,
        fonts: dict[bool, int],
        glyphs: dict[tuple[bool, int, str], int],
        numbers: dict[str, int],
    ) -> None:
        body, frame = (self._stream(content) for content in page.contents())
        links = [
            self._add(
                f"<< /Type /Annot /Subtype /Link /Rect [{' '.join(f'{at:.2f}' for at in link.box)}] /Border [0 0 0] "
                f"/F 4 /Dest [{numbers[link.target]} 0 R /XYZ null null null] >>"
            )
            for link in page.links
            if link.target in numbers
        ]
        used = " ".join(f"/{_FONTS[bold]} {at} 0 R" for bold, at in fonts.items())
        forms = " ".join(f"/{glyph_name(key)} {glyphs[key]} 0 R" for key in sorted(page.glyphs))
        self._set(
            number,
            f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {page.width:.2f} {page.height:.2f}] "
            f"/Resources << /Font << {used} >>" + (f" /XObject << {forms} >>" if forms else "") + " >> "
            f"/Contents [{body} 0 R {frame} 0 R]"
            + (f" /Annots [{' '.join(f'{link} 0 R' for link in links)}]" if links else "")
            + f" /CRSheet {text_string(page.name)} /CRDigest ({page.digest()}) >>",
        )

    def _outline(self, numbers: dict[str, int]) -> int | None:
        wanted = self._document.bookmarks
        if not wanted:
            return None
        root = self._reserve()
        first, last, count = self._level(wanted, root, numbers)
        self._set(root, f"<< /Type /Outlines /First {first} 0 R /Last {last} 0 R /Count {count} >>")
        return root

    def _level(
        self, items: tuple[Bookmark, ...], parent: int, numbers: dict[str, int]
    ) -> tuple[int, int, int]:
        at = [self._reserve() for _ in items]
        total = 0
        for place, (item, number) in enumerate(zip(items, at, strict=True)):
            entries = [f"/Title {text_string(item.title)} /Parent {parent} 0 R"]
            entries.append(f"/Dest [{numbers[item.target]} 0 R /XYZ null null null]")
            if place:
                entries.append(f"/Prev {at[place - 1]} 0 R")
            if place + 1 < len(at):
                entries.append(f"/Next {at[place + 1]} 0 R")
            total += 1
            if item.below:
                first, last, count = self._level(item.below, number, numbers)
                entries.append(f"/First {first} 0 R /Last {last} 0 R /Count {count}")
                total += count
            self._set(number, f"<< {' '.join(entries)} >>")
        return at[0], at[-1], total


def text_string(text: str) -> str:
    """Return a text as documents hold it beside their pages."""
    return f"<feff{text.encode('utf-16-be').hex()}>"


def _characters(of: dict[int, str]) -> str:
    """Return the map from glyphs to the characters that were written."""
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    pairs = sorted(of.items())
    for start in range(0, len(pairs), _MOST):
        block = pairs[start : start + _MOST]
        lines.append(f"{len(block)} beginbfchar")
        lines += [f"<{cid:04X}> <{character.encode('utf-16-be').hex().upper()}>" for cid, character in block]
        lines.append("endbfchar")
    lines.append("endcmap CMapName currentdict /CMap defineresource pop end end")
    return "\n".join(lines)
