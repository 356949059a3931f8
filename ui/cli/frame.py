"""The frame of every verb: common options, one registry, errors with their exit status."""

from __future__ import annotations

import functools
import gc
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.domain.typed_day import read_typed_day
from app.errors import InvalidInput, Problem, RegistryError
from app.text import Text, readable
from ui.cli.output import Output, count_foreign, may_hand_over, tell_foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from app.services.registry.registry import Registry


_LAST = Text("上一次自动备份没有做成：{}", "The last automatic backup was not made: {}")
_NO_BACKUP = Text("改动已保存，备份没有做完。", "The change is saved; the backup was not finished.")
FIRST_YEAR, LAST_YEAR = 1000, 9000  # so that days and terms can be counted from every day that is typed


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


class Several(click.Option):
    """An option that takes every word up to the next option: ``--take C1 C2``; it may be given more than once."""

    def __init__(self, *names: Any, **more: Any) -> None:
        super().__init__(*names, **{**more, "multiple": True})

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let the parser of the arguments hand on what follows."""
        super().add_to_parser(parser, ctx)
        mine = {name: parser._long_opt[name] for name in self.opts if name in parser._long_opt}
        for option in mine.values():
            first = option.process

            def process(value: Any, state: Any, first: Any = first) -> None:
                first(value, state)
                while state.rargs and not state.rargs[0].startswith("-"):
                    first(state.rargs.pop(0), state)

            option.process = process


DAY = DayType()
REGISTRY = click.argument("registry", type=click.Path(path_type=Path, readable=False))


def verb(group: click.Group, name: str | None = None) -> Callable[[Callable[..., None]], click.Command]:
    """Declare a verb: it gets an ``Output`` first and ``--json --lang --quiet`` besides its own options."""

    def declare(run: Callable[..., None]) -> click.Command:
        @functools.wraps(run)
        def framed(*, as_json: bool, lang: str, quiet: bool, **given: Any) -> None:
            _must_be_readable(given)
            run(Output(as_json=as_json, lang=lang, is_quiet=quiet), **given)

        framed = click.option("--quiet", is_flag=True, help="只说结果 · say only the answer")(framed)
        framed = click.option(
            "--lang", type=click.Choice(["zh", "en"]), default="zh", is_eager=True, help="语言 · language"
        )(framed)
        framed = click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")(framed)
        return group.command(name or run.__name__.strip("_").replace("_", "-"))(framed)

    return declare


def _must_be_readable(given: dict[str, Any]) -> None:
    """Raise InvalidInput for words that could not be decoded; a file is called as it is called."""
    for value in given.values():
        for word in value if isinstance(value, tuple) else (value,):
            if (
                isinstance(word, str)
                and not word.isascii()
                and any("\ud800" <= sign <= "\udfff" for sign in word)
            ):
                message = Text(
                    f"读不懂写的字：{readable(word)}。让终端用 UTF-8（例如 LC_ALL=C.UTF-8）再写一遍。",
                    f"The characters of {readable(word)} can't be read. Set the terminal to UTF-8 "
                    "(such as LC_ALL=C.UTF-8) and give it again.",
                )
                raise InvalidInput(message, (Problem(message=message, value=readable(word)),))


@contextmanager
def _without_garbage() -> Iterator[None]:
    """Look for no garbage among what is loaded: that takes a tenth of a short verb.

    In a process of the verb's own alone: what others had lying about would never be collected again.
    """
    if not may_hand_over():
        yield
        return
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


@contextmanager
def opened(path: Path) -> Iterator[Registry]:
    """Open a registry for one verb and close it after; where the verb changed something, a backup may be due then.

    Edits of other programs that wait in it are told beside the answer.
    """
    with _without_garbage():
        from app.services.registry.registry import Registry

        registry = Registry.open(path)
    first = registry.last_step
    try:
        _tell_standing(registry)
        count_foreign(len(registry.foreign))
        yield registry
        if registry.foreign:
            tell_foreign(len(registry.foreign), click.get_current_context().params.get("lang", "zh"))
    finally:
        registry.close()
        if registry.last_step > first:
            _keep_backup(registry, first)


def _keep_backup(registry: Registry, first: int) -> None:
    """Make the backup that is due, once the answer is out. What goes wrong with it is told and takes nothing back."""
    from app.jobs import Ticket
    from app.services.keeping.backups import COMMAND, Keeper, kept

    context = click.get_current_context(silent=True)
    given = {} if context is None else context.params
    output = Output(as_json=bool(given.get("as_json")), lang=given.get("lang") or "zh", is_quiet=False)
    sys.stdout.flush()
    try:
        keeper = Keeper(registry, why=COMMAND, first=first)
        if not keeper.is_due():
            return
        failure = kept(registry.path).failure
        if failure is not None:
            output.warn(Text(_LAST.zh.format(failure.zh), _LAST.en.format(failure.en)))
        if may_hand_over() and sys.platform != "win32":  # there no handle goes on to another process
            keeper.hand_over()
        else:
            keeper.keep(Ticket())
    except RegistryError as error:
        output.warn(Text(f"改动已保存。{error.message.zh}", f"The change is saved. {error.message.en}"))
    except KeyboardInterrupt:
        output.warn(_NO_BACKUP)


def _tell_standing(registry: Registry) -> None:
    """Say beside the answer whose lease was taken over, and what keeps the registry from being written."""
    context = click.get_current_context(silent=True)
    given = {} if context is None else context.params
    said = registry.standing.took_over
    if registry.hindrance is not None:
        said = registry.hindrance.words
    if said is not None and not given.get("quiet"):
        click.echo(said.in_(given.get("lang", "zh")), err=True)


def pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Return ``FIELD=VALUE`` arguments as a dictionary; raise InvalidInput for anything else."""
    from app.text import Text

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
