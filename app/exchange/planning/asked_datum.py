"""A datum in the name of a file that says otherwise inside: asked about, for a wrong one moves everything by half a kilometre."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.exchange.headings import PLACE_FIELDS
from app.text import Text

if TYPE_CHECKING:
    from app.exchange.coordinates import Georeference
    from app.exchange.mapping.columns import Columns
    from app.exchange.reader import Source
    from app.exchange.request import ImportRequest

_SHIFTED: Final = {
    "gcj02": re.compile(r"gcj[\W_]*0?2|火星|高德|腾讯"),
    "bd09": re.compile(r"bd[\W_]*0?9(ll|mc)?(?![0-9])|百度"),
}
_WORDS: Final = {"gcj02": "GCJ-02", "bd09": "BD-09", "wgs84": "WGS 84", "cgcs2000": "CGCS2000"}
PLAIN: Final = "cgcs2000"


class AskedDatum(NamedTuple):
    """The datum that a file's name says, where the file itself says, or leaves, another."""

    named: str
    name: str

    @property
    def why(self) -> Text:
        """The question."""
        datum = _WORDS[self.named]
        return Text(
            f"名字“{self.name}”写着 {datum}，文件里却没有写是偏移过的坐标。是哪一种？差着几百米。",
            f"The name {self.name!r} says {datum}, the file itself speaks of no shifted datum. Which is it? They lie hundreds of metres apart.",
        )

    @property
    def options(self) -> tuple[tuple[str, Text], ...]:
        """The answers, as ``--datum`` takes them."""
        datum = _WORDS[self.named]
        return (
            (self.named, Text(f"按名字，{datum}", f"As its name says, {datum}")),
            (PLAIN, Text("就是没有偏移的（CGCS2000、WGS 84）", "Not shifted (CGCS2000, WGS 84)")),
        )

    @property
    def command(self) -> Text:
        """The question with the option that answers it."""
        return Text(
            f"{self.why.zh}用 --datum {self.named} 或 --datum {PLAIN} 写明。",
            f"{self.why.en} Say --datum {self.named} or --datum {PLAIN}.",
        )

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the question as results print it."""
        return {
            "column": None,
            "field": "datum",
            "form": self.named,
            "rows": None,
            "message": self.why.in_(lang),
            "answer": None,
            "options": [{"value": value, "words": words.in_(lang)} for value, words in self.options],
        }


def asked_datum(
    source: Source, request: ImportRequest, columns: Columns, how: Georeference | None
) -> AskedDatum | None:
    """Return what is to be asked of the datum; None where the user or the file said it, or its name says nothing."""
    if how is None or request.datum is not None or request.read_as is not None:
        return None
    headings = [columns.names[columns.of[name]] for name in PLACE_FIELDS if name in columns.of]
    for name in dict.fromkeys((source.path.stem, source.layer or "", *headings)):
        datum = datum_in(name)
        if datum is not None and how.datum != datum:
            return AskedDatum(datum, name)
    return None


def datum_in(name: str) -> str | None:
    """Return the shifted datum that a name says: of a file, a layer, or a heading such as 高德经度."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return next((datum for datum, form in _SHIFTED.items() if form.search(text)), None)
