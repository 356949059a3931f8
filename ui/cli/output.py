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


class Output:
    """How one verb answers: as JSON or for people, in one language, quiet or not."""

    def __init__(self, *, as_json: bool, lang: str, is_quiet: bool) -> None:
        self.as_json, self.lang, self.is_quiet = as_json, lang, is_quiet

    def words(self, text: Text) -> str:
        """Return a sentence in the language asked for."""
        return text.in_(self.lang)

    def document(self, document: Any) -> None:
        """Print the one JSON document."""
        print_document(document)

    def say(self, text: Text) -> None:
        """Tell people; nothing with --quiet, and not on standard output with --json."""
        if not self.is_quiet:
            click.echo(self.words(text), err=self.as_json)

    def note(self, text: Text) -> None:
        """Say something beside the answer, on standard error."""
        if not self.is_quiet:
            click.echo(self.words(text), err=True)

    def warn(self, text: Text) -> None:
        """Say on standard error what is most likely not meant, with --quiet too."""
        click.echo(self.words(text), err=True)

    def table(
        self, headers: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[int] = ()
    ) -> None:
        """Print a table for people; Chinese counts two columns.

        Into a pipe or a file every cell is whole, however wide the lines get. On a terminal sentences wrap;
        numbers, codes and ids, which somebody may want to copy, never do.
        """
        from rich import box
        from rich.cells import cell_len
        from rich.console import Console
        from rich.table import Table

        columns = set(right)
        cells = [["" if cell is None else _one_line(str(cell)) for cell in row] for row in rows]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for place, header in enumerate(headers):
            is_sentence = any(cell_len(row[place]) > _LONGEST_ID for row in cells)
            may_wrap = is_sentence and any(" " in row[place] or not row[place].isascii() for row in cells)
            table.add_column(
                header,
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
        click.echo("\n".join(line.rstrip() for line in told.getvalue().splitlines()))

    def listed(self, codes: Sequence[str], most: int = 6) -> str:
        """Return codes in one cell: all of them into a pipe or file, the first few and their count on a terminal."""
        if len(codes) <= most or not sys.stdout.isatty():
            return " ".join(codes)
        return " ".join(codes[:most]) + f" …（{len(codes)}）"

    def ticket(self) -> AbstractContextManager[Ticket]:
        """Give long work its ticket: a bar on standard error where that is a terminal, else nothing."""
        return _progress(self)


_LONGEST_ID: Final = 34
_NO_EDGE: Final = 1_000_000  # columns of a pipe or file


def _one_line(text: str) -> str:
    """Return a cell as one row of the table: what a line break in a name would do to it can't be read."""
    return " ".join(text.split())


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


def print_error(error: RegistryError, *, as_json: bool, lang: str) -> None:
    """Say what, where and what to do on standard error; with --json the document on standard output too."""
    click.echo(error.message.in_(lang), err=True)
    for problem in error.problems[:200]:
        place = [
            problem.file,
            problem.sheet,
            None
            if problem.row is None
            else (f"第 {problem.row} 行" if lang == "zh" else f"row {problem.row}"),
            problem.column,
            problem.code,
        ]
        shown = " · ".join(str(part) for part in place if part)
        click.echo(
            f"  {shown}: {problem.message.in_(lang)}" if shown else f"  {problem.message.in_(lang)}", err=True
        )
    if len(error.problems) > 200:
        more = len(error.problems) - 200
        click.echo(f"  … 另有 {more} 处" if lang == "zh" else f"  … and {more} more", err=True)
    if as_json:
        print_document(error.as_json(lang))


def print_failure(kind: str, message: Text, *, as_json: bool, lang: str) -> None:
    """Say what ended a verb that is no refusal (a bug, an interruption), as a document too with --json."""
    click.echo(message.in_(lang), err=True)
    if as_json:
        print_document({"error": {"kind": kind, "message": message.in_(lang), "problems": []}})


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


_printed: list[bool] = []  # a document of this run
_own_process: list[bool] = []
_foreign: list[int] = []  # how many edits of other programs the registry that was read holds


def begin_answer(*, is_own_process: bool = False) -> None:
    """Begin a run of which at most one document is printed; ``is_own_process``: the process ends with it."""
    _printed.clear()
    _own_process[:] = [True] if is_own_process else []
    _foreign.clear()


def may_hand_over() -> bool:
    """Whether what is left to do after the answer goes to a process of its own: this one ends."""
    return bool(_own_process)


def count_foreign(count: int) -> None:
    """Let the document that is printed count the edits of other programs that nobody has decided on."""
    _foreign[:] = [count] if count else []


def tell_foreign(count: int, lang: str) -> None:
    """Say that a registry holds edits of other programs that nobody has decided on."""
    told = Text(
        f"另一个程序改过这个台账：{count} 处没定，这里按改动前的样子。foreign 逐处列出，收下或退回。",
        f"Another program edited this registry: {count} edits are undecided, and this shows the records as they were "
        "before. `foreign` lists them; take each or turn it back.",
    )
    click.echo(told.in_(lang), err=True)


def print_document(document: Any) -> None:
    """Print a document unless this run printed one already; standard output never holds two."""
    if not _printed:
        if _foreign and isinstance(document, dict):
            document = {**document, "foreign_edits": _foreign[0]}
        text = json.dumps(document, ensure_ascii=False, indent=2)
        if (
            not text.isascii()
        ):  # a name that is no UTF-8 stands as JSON escapes it, and is read back as it was
            text = _as_utf_8(text).encode("utf-8", "backslashreplace").decode()
        _printed.append(True)
        click.echo(text)
