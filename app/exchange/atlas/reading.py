"""An atlas read back: the texts of its pages, the fields they hold, and the digests of its sheets."""

from __future__ import annotations

import errno
import re
import zlib
from typing import TYPE_CHECKING, Final

from app.exchange.atlas import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.domain.leaving.content import Leaving
    from app.domain.leaving.paper import Paper

_OBJECT: Final = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj\n", re.DOTALL)
_STREAM: Final = re.compile(rb"/Filter /FlateDecode >>\nstream\n(.*)\nendstream$", re.DOTALL)
_SHOWN: Final = re.compile(rb"/F(\d) [\d.]+ Tf .*?<([0-9A-F]+)> Tj")
_PAIR: Final = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")
_SHEET: Final = re.compile(rb"/CRSheet <feff([0-9a-f]+)> /CRDigest \(([0-9a-f]{64})\)")
_KEPT: Final = re.compile(rb"/CRKept \[(.*?)\]")
_ENTRY: Final = re.compile(rb"\(([\w-]*)\) \(([0-9a-f]+)\)")


def sheets_in_atlas(path: Path) -> dict[str, str]:
    """Return what an atlas made before said of each unit, by code, and of each page, by its name; {} for any other file."""
    content = path.read_bytes()
    kept = _KEPT.search(content)
    found = {} if kept is None else {key.decode(): said.decode() for key, said in _ENTRY.findall(kept[1])}
    for name, digest in _SHEET.findall(content):
        found[bytes.fromhex(name.decode()).decode("utf-16-be")] = digest.decode()
    return found


def texts_in(path: Path) -> list[list[str]]:
    """Return the texts of every page in the order in which they were written; OSError where the file is not whole."""
    content = path.read_bytes()
    if not content.startswith(b"%PDF-") or not content.endswith(b"%%EOF\n"):
        raise OSError(errno.EIO, "no whole atlas arrived")
    objects = {int(number): body for number, body in _OBJECT.findall(content)}
    try:
        return [_texts(body, objects) for body in objects.values() if b"/Type /Page " in body]
    except (KeyError, zlib.error, AttributeError) as error:
        raise OSError(errno.EIO, f"the atlas arrived damaged: {error}") from error


def _texts(page: bytes, objects: Mapping[int, bytes]) -> list[str]:
    fonts = {name: _characters(int(at), objects) for name, at in re.findall(rb"/F(\d) (\d+) 0 R", page)}
    streams = re.search(rb"/Contents \[(\d+) 0 R (\d+) 0 R\]", page)
    return [
        "".join(fonts[font][code[at : at + 4]] for at in range(0, len(code), 4))
        for number in streams.groups()  # type: ignore[union-attr]  # AttributeError says that the page is none of ours
        for font, code in _SHOWN.findall(_unpacked(objects[int(number)]))
    ]


def _characters(font: int, objects: Mapping[int, bytes]) -> Mapping[bytes, str]:
    map_ = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    pairs = _PAIR.findall(_unpacked(objects[int(map_[1])]))  # type: ignore[index]
    return {code: bytes.fromhex(said.decode()).decode("utf-16-be") for code, said in pairs}


def _unpacked(body: bytes) -> bytes:
    return zlib.decompress(_STREAM.search(body)[1])  # type: ignore[index]


def fields_in_atlas(path: Path, leaving: Leaving) -> set[str]:
    """Return ``layer.field`` for what the pages of a finished atlas say: columns of tables, names on maps, statuses drawn."""
    said = {text for page in texts_in(path) for text in page}
    found: set[str] = set()
    for paper in leaving.papers:
        levels = {paper.by} | {
            name for name, level in leaving.levels.items() if level.words == paper.below_words
        }
        if paper.say(words.RATE) in said:
            for name in levels:
                found |= {
                    f"{name}.{field}" for field in ("name", "covered", "unknown", "rate", "low", "high")
                }
        found |= {"compound.status"} if _draws_statuses(paper, leaving) else set()
    for name in ("compound", "community"):
        layer = leaving.layers.get(name)
        if layer is not None and said & {str(value) for value in layer.values("name") if value}:
            found.add(f"{name}.name")
    if "station" in leaving.layers and leaving.layers["station"].rows:
        found.add("station.kind")
    return found


def _draws_statuses(paper: Paper, leaving: Leaving) -> bool:
    return bool(paper.statuses) and leaving.has_status and "compound" in leaving.layers
