"""What a file format is: all that is said of one, so that whoever offers formats has only to ask.

A new format is a module with its ``Format``, and a line in a list: ``WRITTEN`` (``app.services.bring_out.formats``) for
what ``app`` can write, ``FORMATS`` (``ui.map.export``) for what is painted. Dialog, publish panel, verb, help, refusals and
README ask the list.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.domain.leaving.content import Leaving
    from app.jobs import Ticket


def count_records(leaving: Leaving) -> dict[str, int]:
    """Return how many records of each layer a file holds."""
    return {layer.name: len(layer.rows) for layer in leaving.layers.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format. ``name`` as requests give it; ``ending`` of its files, with the dot; ``words`` in a list of formats.

    ``layers``: the record layers that it holds, by name, () = figures alone; ``ledgers``: those that it holds on request. ``write`` writes a file whole, from what a
    ``Leaving`` holds and from nothing else; OSError where it can't. ``fields_in`` reads the finished file back and
    returns all that it holds as ``layer.field``; OSError where the file is not whole. It has no default: what nobody
    reads back leaves unseen. ``count``: how many rows of what the file holds, as reports say it. ``is_paper``: it is made
    for people and says what a paper says (``Leaving.papers``); ``has_findings``: also what is doubtful about the data.

    ``takes_several``: whether one file can answer several questions (``Leaving.further``); unsaid, it is asked one alone.
    ``sheets_in``: reads from a file made before what each of its sheets said (``app.domain.leaving.sheets``), so that what
    is as it was can stay away (``Leaving.earlier``); None = such files keep nothing of it. ``leaves_out_sheets``: whether
    ``write`` looks at ``Leaving.earlier`` itself; where it doesn't, a file is written whole or not at all.
    """

    name: str
    words: Text
    ending: str
    layers: tuple[str, ...]
    write: Callable[[Path, Leaving, Ticket], None]
    fields_in: Callable[[Path, Leaving], set[str]]
    count: Callable[[Leaving], dict[str, int]] = count_records
    ledgers: tuple[str, ...] = ()
    is_paper: bool = False
    has_findings: bool = False
    takes_several: bool = False
    sheets_in: Callable[[Path], Mapping[str, str]] | None = None
    leaves_out_sheets: bool = False

    def layers_asked(self, *, ledgers: bool) -> tuple[str, ...]:
        """Return the record layers that a file of it holds, with ``ledgers`` also those on request."""
        return (*self.layers, *self.ledgers) if ledgers else self.layers


class Formats:
    """The formats that there are, in the order in which they are offered."""

    def __init__(self, *formats: Format) -> None:
        for names in ([each.name for each in formats], [each.ending for each in formats]):
            if twice := [name for name, count in Counter(names).items() if count > 1]:
                raise ValueError(f"formats share {', '.join(twice)}")
        self._formats = formats

    def __iter__(self) -> Iterator[Format]:
        return iter(self._formats)

    def with_(self, *more: Format) -> Formats:
        """Return these and others."""
        return Formats(*self._formats, *more)

    @property
    def words(self) -> Text:
        """All of them by their words, for a sentence."""
        return Text(
            "、".join(each.words.zh for each in self._formats),
            ", ".join(each.words.en for each in self._formats),
        )

    def renamed(self, name: str, asked: str) -> str:
        """Return a file's name with the ending of another format in place of its own."""
        mine = self.by_ending(name)
        ending = next(each.ending for each in self._formats if each.name == asked)
        return str(Path(name).with_suffix(ending)) if mine is None else name[: -len(mine.ending)] + ending

    def by_ending(self, name: str) -> Format | None:
        """Return the format that a file's name ends in; None for any other."""
        return next((each for each in self._formats if name.lower().endswith(each.ending)), None)

    def of(self, path: Path, asked: str | None = None) -> Format:
        """Return the format that is asked for by name, or else by a file's ending; InvalidInput for any other."""
        name = path.name.lower() if asked is None else f".{asked.lower()}"
        found = self.by_ending(name)
        if asked is not None:
            found = next((each for each in self._formats if each.name == asked.lower()), None)
        if found is not None:
            return found
        endings = [each.ending for each in self._formats]
        said = path.name if asked is None else asked
        raise InvalidInput(
            Text(
                f"看不出 {said} 要什么格式。文件名要以 {'、'.join(endings)} 之一结尾。",
                f"{said} names no format: end the file's name in one of {', '.join(endings)}.",
            )
        )
