"""The command line as a whole: its verbs, and how a failure ends."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from app.errors import InvalidInput, RegistryError
from app.jobs import Cancelled
from app.leftovers import sweep
from app.text import Text
from ui.cli.output import begin_answer, prepare_streams, print_error, print_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

LATER = ("split", "merge", "site", "share", "collect")
INTERRUPTED = 130


# which module declares which verbs: a verb waits for its own module alone
MODULES: Final = {
    "file": "new sample import export backup verify bench",
    "backups": "backups restore",
    "records": "list show add set remove attach detach undo redo",
    "history": "history",
    "figures": "coverage explain measures",
    "findings": "check fix waive",
    "cases": "case cases entry lists mediators",
    "compare": "compare-rules tree",
    "profile": "profile scheme template",
    "purge": "purge",
    "assess": "assess",
    "adoption": "adopt",
    "expiring": "expiring renew confirm",
    "zones": "zone zones",
    "foreign": "foreign",
    "fusion": "cuts fuse",
    "totals": "gaps reach totals",
    "crs": "crs",
}


class _Verbs(click.Group):
    """The verbs, each loaded when it is asked for, and all of them where a list of them is asked for."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb, None if there is none of this name."""
        for module, verbs in MODULES.items():
            if cmd_name in verbs.split():
                self._load(module)
        if cmd_name in LATER:
            self._load_later()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all verbs."""
        for module in MODULES:
            self._load(module)
        self._load_later()
        return super().list_commands(ctx)

    def _load(self, module: str) -> None:
        if MODULES[module].split()[0] not in self.commands:
            import_module(f"ui.cli.verbs.{module}").declare(self)

    def _load_later(self) -> None:
        from ui.cli.verbs.records import not_due

        for name in LATER:
            if name not in self.commands:
                not_due(self, name)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """小区一张图 · Compound Registry."""


def verb_names() -> list[str]:
    """Return the names of all verbs."""
    return commands.list_commands(click.Context(commands))


def run(arguments: Sequence[str], *, is_own_process: bool = False) -> int:
    """Run one verb and return its exit status, as the contract lists them; ``is_own_process``: nothing comes after."""
    lang = "en" if _value(arguments, "--lang") == "en" else "zh"
    as_json = "--json" in arguments
    begin_answer(is_own_process=is_own_process)
    sweep()
    prepare_streams()
    try:
        commands.main(args=list(arguments), prog_name="compound-registry", standalone_mode=False)
    except RegistryError as error:
        print_error(error, as_json=as_json, lang=lang)
        return error.exit_status
    except (KeyboardInterrupt, Cancelled, click.exceptions.Abort):
        stopped = Text("中断了，没有写入。", "Interrupted; nothing was written.")
        print_failure("interrupted", stopped, as_json=as_json, lang=lang)
        return INTERRUPTED
    except click.ClickException as error:
        where = error.ctx.get_usage() + "\n" if isinstance(error, click.UsageError) and error.ctx else ""
        click.echo(where, err=True, nl=False)
        message = Text(f"用法不对：{_in_chinese(error)}", error.format_message())
        print_error(InvalidInput(message), as_json=as_json, lang=lang)
        return InvalidInput.exit_status
    except BrokenPipeError:
        return 0
    except Exception as error:  # a bug: told with the report's place, never swallowed
        from ui.bridge.reports import write_crash_report

        verb = next((word for word in arguments if word in commands.commands), "")
        path = write_crash_report(error, verb)
        words = Text(f"程序出错，报告在 {path}", f"This is a bug; the report is in {path}")
        print_failure("bug", words, as_json=as_json, lang=lang)
        return 1
    return 0


def _in_chinese(error: click.ClickException) -> str:
    match error:
        case click.MissingParameter(param=click.Option() as option):
            return f"缺 {option.opts[0]}。"
        case click.MissingParameter(param=click.Parameter() as parameter):
            return f"缺 {parameter.make_metavar(error.ctx or click.Context(commands))}。"
        case click.NoSuchOption():
            near = f"是不是 {'、'.join(error.possibilities)}？" if error.possibilities else ""
            return f"没有选项 {error.option_name}。{near}"
        case click.BadParameter(param=click.Option(type=click.Choice() as choice) as option):
            return f"{option.opts[0]} 只能是 {'、'.join(map(str, choice.choices))}。"
        case click.BadParameter(param=click.Option(type=click.IntRange(min=int() as least)) as option):
            return f"{option.opts[0]} 要写 {least} 或以上的整数。"
        case click.BadParameter(param=click.Option() as option):
            return f"{option.opts[0]}：{error.message}"
    return error.format_message()


def _value(arguments: Sequence[str], option: str) -> str | None:
    for place, word in enumerate(arguments):
        if word == option and place + 1 < len(arguments):
            return arguments[place + 1]
        if word.startswith(option + "="):
            return word.split("=", 1)[1]
    return None
