"""What verbs take: a day in any way of writing, several words after one option, FIELD=VALUE, the registry's path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain.days.typed_day import read_typed_day
from app.errors import InvalidInput, Problem
from app.services.registry.info import must_be_file
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

FIRST_YEAR, LAST_YEAR = 1000, 9000  # so that days and terms can be counted from every day that is typed
PLACE: Final = click.Path(
    path_type=Path, readable=False
)  # a registry: a file, or the address of a shared one


class DayType(click.ParamType[Any]):
    """A day on the command line, in any of the ways people write one."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or refuse with the likely right one."""
        lang = "zh" if ctx is None else ctx.params.get("lang", "zh")
        try:
            day = read_typed_day(str(value))
        except InvalidInput as error:
            self.fail(error.message.in_(lang), param, ctx)
        if not FIRST_YEAR <= day.year <= LAST_YEAR and (param is None or param.name != "until"):
            far = Text(
                f"{day} 太远：年份写 {FIRST_YEAR} 到 {LAST_YEAR}。",
                f"{day} is too far off: give a year from {FIRST_YEAR} to {LAST_YEAR}.",
            )
            self.fail(far.in_(lang), param, ctx)
        return day


class FileType(click.Path):
    """A file of the user's, to be read or written: never an address, which would become the name of a file."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path; raise InvalidInput for an address."""
        must_be_file(value)
        return super().convert(value, param, ctx)


class Several(click.Option):
    """An option that takes every word up to the next option: ``--take C1 C2``; it may be given more than once."""

    def __init__(self, *names: Any, **more: Any) -> None:
        super().__init__(*names, **{**more, "multiple": True})

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let the parser of the arguments hand on what follows."""
        super().add_to_parser(parser, ctx)
        mine = {name: parser._long_opt[name] for name in self.opts if name in parser._long_opt}  # noqa: SLF001  # click's parser shows its options nowhere else
        for option in mine.values():
            first = option.process

            def process(value: Any, state: Any, first: Any = first) -> None:
                first(value, state)
                while state.rargs and not state.rargs[0].startswith("-"):
                    first(state.rargs.pop(0), state)

            option.process = process


class Unless(click.Option):
    """An option that must be given unless another one says it: ``--measure``, unless a kept table is named."""

    def __init__(self, *names: Any, unless: str, **more: Any) -> None:
        super().__init__(*names, **more)
        self._unless = unless

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Return the value, or refuse as click refuses what is missing."""
        value, rest = super().handle_parse_result(ctx, opts, args)
        if self.name not in opts and self._unless not in opts:
            raise click.MissingParameter(ctx=ctx, param=self)
        return value, rest


DAY = DayType()
FILE: Final = FileType(path_type=Path, readable=False)
REGISTRY = click.argument("registry", type=PLACE)
OUT = click.argument("out", type=FILE)


def pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Return ``FIELD=VALUE`` arguments as a dictionary; raise InvalidInput for anything else."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            message = Text(f"要写 字段=值，这里是 {text!r}。", f"FIELD=VALUE is wanted, not {text!r}.")
            raise InvalidInput(message, (Problem(message=message, column=text, value=text),))
        if name.strip() in found:
            message = Text(f"{name.strip()} 写了两次。", f"{name.strip()} is given twice.")
            raise InvalidInput(message, (Problem(message=message, column=name.strip(), value=value),))
        found[name.strip()] = value
    return found
