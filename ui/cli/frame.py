"""The frame of every verb: what one is, common options, one registry, the backup that is due after it."""

from __future__ import annotations

import gc
import inspect
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec

import click

from app.errors import InvalidInput, Problem, RegistryError
from app.text import Text, readable
from ui.cli.output import Output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.services.registry.registry import Registry

P = ParamSpec("P")

_LAST: Final = Text("上一次自动备份没有做成：{}", "The last automatic backup was not made: {}")
_NO_BACKUP: Final = Text("改动已保存，备份没有做完。", "The change is saved; the backup was not finished.")
_FOREIGN: Final = Text(
    "另一个程序改过这个台账：{0} 处没定，这里按改动前的样子。foreign 逐处列出，收下或退回。",
    "Another program edited this registry: {0: edit is|edits are} undecided, and this shows the records as they were "
    "before. `foreign` lists them; take each or turn it back.",
)
_UNSENT: Final = Text(
    "这台电脑上还有 {0} 处没送回服务器的修改，这里没有算。打开窗口，连上后自动送回，没送成的在「离线与送回」里定。",
    "Changes on this computer that are not on the server yet, and not in this: {0}. Open the window: they are brought back "
    "once the server answers, and those that can't be wait in Without the server.",
)
COMMON: Final = (
    click.Option(["--json", "as_json"], is_flag=True, help="输出 JSON · print JSON"),
    click.Option(
        ["--lang"], type=click.Choice(["zh", "en"]), default="zh", is_eager=True, help="语言 · language"
    ),
    click.Option(["--quiet"], is_flag=True, help="只说结果 · say only the answer"),
)


@dataclass(frozen=True, slots=True)
class Verb(Generic[P]):
    """A verb: what it is called, what it takes, and the function that does it.

    The function gets an ``Output`` first, which has the answers to ``--json --lang --quiet``, and what its own
    options say by name. It belongs to no group and knows nothing of the command line: call the verb with an
    ``Output`` of your own.

    Attributes
    ----------
    name : str
        As it is typed.
    run : Callable
        The function, which wants every option.
    options : tuple[click.Parameter, ...]
        Its own options and arguments, in the order in which help tells them.
    takes_anything : bool
        Whether options that it does not have are words like others.

    """

    name: str
    run: Callable[P, None]
    options: tuple[click.Parameter, ...]
    takes_anything: bool = False

    def __call__(self, *output: P.args, **given: P.kwargs) -> None:
        """Do it; an option that is left out is as it is on the command line."""
        unsaid = {option.name: _unsaid(option) for option in self.options if option.name not in given}
        self.run(*output, **{**unsaid, **given})

    @property
    def all_options(self) -> tuple[click.Parameter, ...]:
        """What it takes on the command line: what every verb does, and its own."""
        return (*COMMON, *self.options)

    def command(self) -> click.Command:
        """Return it as a command of the command line, with the options that every verb has."""

        def framed(*, as_json: bool, lang: str, quiet: bool, **given: Any) -> None:
            output = click.get_current_context().ensure_object(Output)
            output.as_json, output.lang, output.is_quiet = as_json, lang, quiet
            _must_be_readable(given)
            self.run(output, **given)  # type: ignore[arg-type]

        return click.Command(
            self.name,
            callback=framed,
            params=list(self.all_options),
            help=inspect.getdoc(self.run),
            context_settings={"ignore_unknown_options": self.takes_anything},
        )


def verb(name: str | None = None, *, takes_anything: bool = False) -> Callable[[Callable[P, None]], Verb[P]]:
    """Make a function a verb, called as it is called unless ``name`` says otherwise; its options stand below this."""

    def made(run: Callable[P, None]) -> Verb[P]:
        options: list[click.Parameter] = getattr(run, "__click_params__", [])
        typed = run.__name__.strip("_").replace("_", "-")
        return Verb(name or typed, run, tuple(reversed(options)), takes_anything)

    return made


def _unsaid(option: click.Parameter) -> Any:
    """Return what an option is that nobody gave."""
    if option.multiple or option.nargs == -1:
        return ()
    default = option.to_info_dict()["default"]
    return option.type.convert(default, option, None) if isinstance(default, str) else default


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
def _without_garbage(*, is_own_process: bool) -> Iterator[None]:
    """Look for no garbage among what is loaded: that takes a tenth of a short verb.

    In a process of the verb's own alone: what others had lying about would never be collected again.
    """
    if not is_own_process:
        yield
        return
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


@contextmanager
def opened(output: Output, path: Path) -> Iterator[Registry]:
    """Open a registry for one verb and close it after; where the verb changed something, a backup may be due then.

    Edits of other programs that wait in it are told beside the answer.
    """
    with _without_garbage(is_own_process=output.is_own_process):
        from app.services.registry.info import is_address
        from app.services.registry.registry import Registry

        if is_address(path):
            _tell_unsent(output, path)
        registry = Registry.open(path)
    first = registry.last_step
    try:
        _tell_standing(output, registry)
        output.foreign_edits = len(registry.foreign)
        yield registry
        if registry.foreign:
            output.warn(_FOREIGN.format(len(registry.foreign)))
    finally:
        registry.close()
        if registry.last_step > first:
            _keep_backup(output, registry, first)


def _keep_backup(output: Output, registry: Registry, first: int) -> None:
    """Make the backup that is due, once the answer is out. What goes wrong with it is told and takes nothing back."""
    from app.jobs import Ticket
    from app.services.keeping.backups import COMMAND, Keeper, kept

    sys.stdout.flush()
    try:
        keeper = Keeper(registry, why=COMMAND, first=first)
        if not keeper.is_due():
            return
        failure = kept(registry.path).failure
        if failure is not None:
            output.warn(Text(_LAST.zh.format(failure.zh), _LAST.en.format(failure.en)))
        if output.is_own_process and sys.platform != "win32":  # there no handle goes on to another process
            keeper.hand_over()
        else:
            keeper.keep(Ticket())
    except RegistryError as error:
        output.warn(Text(f"改动已保存。{error.message.zh}", f"The change is saved. {error.message.en}"))
    except KeyboardInterrupt:
        output.warn(_NO_BACKUP)


def _tell_unsent(output: Output, place: Path) -> None:
    """Say beside the answer, or the refusal where the server can't be reached, what waits on this computer."""
    from app.services.registry.away import unsent_at

    output.unsent = unsent_at(place)
    if output.unsent:
        output.warn(_UNSENT.format(output.unsent))


def _tell_standing(output: Output, registry: Registry) -> None:
    """Say beside the answer whose lease was taken over, and what keeps the registry from being written."""
    said = registry.standing.took_over
    if registry.hindrance is not None:
        said = registry.hindrance.words
    if said is not None:
        output.note(said)
