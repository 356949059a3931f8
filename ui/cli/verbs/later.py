"""Verbs of the contract that are not built yet: a sentence and status 2, never a stub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from app.text import Text
from ui.cli.frame import verb

if TYPE_CHECKING:
    from ui.cli.frame import Verb
    from ui.cli.output import Output

_NOT_BUILT: Final = Text(
    "{} 还没有做好，这个版本没有它。", "{} is not built yet; this version does not have it."
)


def _later(name: str) -> Verb[...]:
    @verb(name, takes_anything=True)
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def later(_output: Output, **_words: object) -> None:
        """还没有做好 · not built yet"""  # noqa: D400, D415 - as a list of verbs has it
        from app.errors import NotDueYet

        raise NotDueYet(_NOT_BUILT.format(name))

    return later


share, collect = _later("share"), _later("collect")
redivide = _later("redivide")
