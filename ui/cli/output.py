"""What the command line prints: JSON, tables, errors and progress."""

from __future__ import annotations

import codecs
import io
import json
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from app.jobs import Ticket
from app.text import Text, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from app.errors import RegistryError
    from app.jobs import Progress

_COMMA: Final = Text("、", ", ")
Cell = object  # a `Text` is put into the language asked for, None is empty, all else stands as it is


class Output:
    """How one run answers: as JSON or for people, in one language, quiet or not.

    Attributes
    ----------
    as_json : bool
        One JSON document on standard output instead of text.
    lang : str
        ``zh`` or ``en``.
    is_quiet : bool
        Only the answer is said.
    is_own_process : bool
        The process ends with this answer, so that what is left to do after it may go to another one.
    foreign_edits : int
        How many edits of other programs, on which nobody has decided, the registry that was read holds.
    unsent : int
        How many changes that were entered on this computer without the registry's server are not on it yet.

    """

    def __init__(
        self,
        *,
        as_json: bool = False,
        lang: str = "zh",
        is_quiet: bool = False,
        is_own_process: bool = False,
    ) -> None:
        self.as_json, self.lang, self.is_quiet = as_json, lang, is_quiet
        self.is_own_process = is_own_process
        self.foreign_edits = self.unsent = 0
        self._is_answered = False

    def words(self, text: Text) -> str:
        """Return a sentence in the language asked for."""
        return text.in_(self.lang)

    def document(self, document: Any) -> None:
        """Print the one JSON document, unless this run printed one already: standard output never holds two."""
        if self._is_answered:
            return
        if isinstance(document, dict):
            for key in ("foreign_edits", "unsent"):
                document = {**document, key: count} if (count := getattr(self, key)) else document
        text = json.dumps(document, ensure_ascii=False, indent=2)
        if not text.isascii():
            # a name that is no UTF-8 stands as JSON escapes it, and is read back as it was
            text = _as_utf_8(text).encode("utf-8", "backslashreplace").decode()
        self._is_answered = True
        self.write(text)

    def say(self, text: Text) -> None:
        """Tell people; nothing with --quiet, and not on standard output with --json."""
        if not self.is_quiet:
            self.write(self.words(text), err=self.as_json)

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines that are the answer itself, with --quiet too."""
        self.write("\n".join(lines))

    def note(self, text: Text) -> None:
        """Say something beside the answer, on standard error."""
        if not self.is_quiet:
            self.write(self.words(text), err=True)

    def warn(self, text: Text) -> None:
        """Say on standard error what is most likely not meant, with --quiet too."""
        self.write(self.words(text), err=True)

    def write(self, text: str, *, err: bool = False) -> None:
        """Put text and a line break out, on standard output or standard error."""
        click.echo(text, err=err)

    def agree(self, question: Text) -> bool:
        """Ask on a terminal, where nothing is written without a yes."""
        return click.confirm(self.words(question), default=False, err=True)

    def table(
        self, headers: Sequence[Cell], rows: Iterable[Sequence[Cell]], *, right: Iterable[int] = ()
    ) -> None:
        """Print a table for people, its `Text` cells in the language asked for; Chinese counts two columns.

        Into a pipe or a file every cell is whole, however wide the lines get. On a terminal sentences wrap;
        numbers, codes and ids, which somebody may want to copy, never do.
        """
        from rich import box
        from rich.cells import cell_len
        from rich.console import Console
        from rich.table import Table

        columns = set(right)
        cells = [[self.cell(cell) for cell in row] for row in rows]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for place, header in enumerate(headers):
            is_sentence = any(cell_len(row[place]) > _LONGEST_ID for row in cells)
            may_wrap = is_sentence and any(" " in row[place] or not row[place].isascii() for row in cells)
            table.add_column(
                self.cell(header),
                justify="right" if place in columns else "left",
                no_wrap=not (sys.stdout.isatty() and may_wrap),
                overflow="fold",
            )
        for row in cells:
            table.add_row(*row)
        if sys.stdout.isatty():
            Console(file=sys.stdout, markup=False, highlight=False).print(table)
            return
        told = io.StringIO()
        Console(file=told, width=_NO_EDGE, markup=False, highlight=False).print(table)
        self.lines(line.rstrip() for line in told.getvalue().splitlines())

    def cell(self, cell: Cell) -> str:
        """Return what stands in a cell, as one line: a line break in a name would tear the table."""
        text = self.words(cell) if isinstance(cell, Text) else "" if cell is None else str(cell)
        return " ".join(text.split())

    def joined(self, words: Iterable[Text], mark: Text = _COMMA) -> str:
        """Return sentences as one, with the mark of the language between them."""
        return self.words(mark).join(self.words(text) for text in words)

    def listed(self, codes: Sequence[str], most: int = 6) -> str:
        """Return codes in one cell: all of them into a pipe or file, the first few and their count on a terminal."""
        if len(codes) <= most or not sys.stdout.isatty():
            return " ".join(codes)
        return " ".join(codes[:most]) + f" …（{len(codes)}）"

    def ticket(self) -> AbstractContextManager[Ticket]:
        """Give long work its ticket: a bar on standard error where that is a terminal, else nothing."""
        return _progress(self)

    def refuse(self, error: RegistryError) -> None:
        """Say what, where and what to do on standard error; with --json the document on standard output too."""
        self.warn(error.message)
        for problem in error.problems[:_MOST_PROBLEMS]:
            row = None if problem.row is None else self.words(_ROW.format(problem.row))
            place = (problem.file, problem.sheet, row, problem.column, problem.code)
            shown = " · ".join(str(part) for part in place if part)
            said = self.words(problem.message)
            self.write(f"  {shown}: {said}" if shown else f"  {said}", err=True)
        if len(error.problems) > _MOST_PROBLEMS:
            self.warn(_MORE.format(len(error.problems) - _MOST_PROBLEMS))
        if self.as_json:
            self.document(error.as_json(self.lang))

    def fail(self, kind: str, message: Text) -> None:
        """Say what ended a verb that is no refusal (a bug, an interruption), as a document too with --json."""
        self.warn(message)
        if self.as_json:
            self.document({"error": {"kind": kind, "message": self.words(message), "problems": []}})


_MOST_PROBLEMS: Final = 200
_ROW: Final = Text("第 {} 行", "row {}")
_MORE: Final = Text("  … 另有 {} 处", "  … and {} more")
_LONGEST_ID: Final = 34
_NO_EDGE: Final = 1_000_000  # columns of a pipe or file


def range_words(low: float | None, high: float | None) -> str:
    """Return the range of a rate; a dash where there is none."""
    return percent_words(low) if low == high else f"{percent_words(low)}–{percent_words(high)}"


def number_words(value: float) -> str:
    """Return a number as people read it: whole ones whole, others with two decimals."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def percent_words(value: float | None) -> str:
    """Return a rate with one decimal; a dash where there is none."""
    return "—" if value is None else f"{value:.1%}"


def _progress(output: Output) -> AbstractContextManager[Ticket]:
    from contextlib import contextmanager

    @contextmanager
    def run() -> Iterator[Ticket]:
        if output.is_quiet or not sys.stderr.isatty():
            yield Ticket()
            return
        from rich.console import Console
        from rich.progress import Progress as Bar

        with Bar(console=Console(stderr=True), transient=True) as bar:
            tasks: dict[str, Any] = {}

            def report(progress: Progress) -> None:
                stage = output.words(progress.stage)
                if stage not in tasks:
                    tasks[stage] = bar.add_task(stage, total=progress.total)
                bar.update(tasks[stage], completed=progress.done, total=progress.total)

            yield Ticket(report)

    return run()


_SHOWN: Final = "shown"  # how the streams write what no encoding holds


def prepare_streams() -> None:
    """Have answers written as UTF-8, whatever the terminal is set to; what can't be encoded is shown escaped."""
    codecs.register_error(_SHOWN, _show)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=_SHOWN)


def _show(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return readable(error.object[error.start : error.end]).encode(), error.end


def _as_utf_8(text: str) -> str:
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text
