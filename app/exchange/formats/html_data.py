"""The data block of a page: tables once, however many questions share them, deflated; outlines beside them.

``{"tables": T, "outlines": [O, …], "old": words}``, T and O base64 of deflate, ``old`` for browsers that can't read them. T is the JSON ``{"columns": [C, …], "page": P}``: where P
has ``{"$": n}`` stands column n, and where a packed outline has a number for ``packed`` stands outline n. Columns and outlines
that several questions of one page share stand in it once.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any, Final

_LONG: Final = 24  # a list of more is a column
_OPEN: Final = '<script type="application/json" id="registry-data">'
_UNSAFE_IN_HTML: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def data_block(data: dict[str, Any]) -> str:
    """Return the element that carries the page's data."""
    shared = _Shared()
    page = shared.without_columns(data)
    tables = _json({"columns": shared.columns, "page": page}).encode("utf-8")
    block = {
        "tables": base64.b64encode(zlib.compress(tables, 9)).decode("ascii"),
        "outlines": shared.outlines,
        "old": data["words"]["oldBrowser"],
    }
    return f"{_OPEN}{_json(block).translate(_UNSAFE_IN_HTML)}</script>"


def data_in(page: str) -> Any:
    """Return what a finished page holds, read back from its text."""
    start = page.index(_OPEN) + len(_OPEN)
    block = json.loads(page[start : page.index("</script>", start)])
    tables = json.loads(zlib.decompress(base64.b64decode(block["tables"])))
    return _whole(tables["page"], tables["columns"], block["outlines"])


class _Shared:
    """Takes columns and outlines out of a page's data, each once."""

    def __init__(self) -> None:
        self.columns: list[Any] = []
        self.outlines: list[str] = []
        self._column_at: dict[str, int] = {}
        self._outline_at: dict[str, int] = {}

    def without_columns(self, value: Any) -> Any:
        """Return the value with numbers in the place of its columns and outlines."""
        if isinstance(value, dict) and "of" not in value:
            return {
                key: self._outline(each) if key == "packed" else self.without_columns(each)
                for key, each in value.items()
            }
        if isinstance(value, dict) or (isinstance(value, list) and len(value) > _LONG):
            return {"$": self._column(value)}
        return [self.without_columns(each) for each in value] if isinstance(value, list) else value

    def _column(self, cells: Any) -> int:
        at = self._column_at.setdefault(_json(cells), len(self.columns))
        if at == len(self.columns):
            self.columns.append(cells)
        return at

    def _outline(self, packed: str) -> int:
        at = self._outline_at.setdefault(packed, len(self.outlines))
        if at == len(self.outlines):
            self.outlines.append(packed)
        return at


def _whole(value: Any, columns: list[Any], outlines: list[str]) -> Any:
    if isinstance(value, list):
        return [_whole(each, columns, outlines) for each in value]
    if not isinstance(value, dict):
        return value
    if "$" in value:
        return columns[value["$"]]
    return {
        key: outlines[each] if key == "packed" else _whole(each, columns, outlines)
        for key, each in value.items()
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
