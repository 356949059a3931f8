"""The command line as a whole: its verbs, and how a failure ends."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

import click

from app import VERSION
from app.errors import InvalidInput, RegistryError
from app.jobs import Cancelled
from app.leftovers import sweep
from app.system_words import fault_of
from app.text import Text
from ui.cli.output import Output, prepare_streams
from ui.cli.usage import in_chinese
from ui.cli.verbs import MODULE_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.cli.frame import Verb

INTERRUPTED: Final = 130


class _Verbs(click.Group):
    """The verbs, each loaded with its module when it is asked for."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb, None if there is none of this name."""
        if cmd_name in MODULE_OF and cmd_name not in self.commands:
            self.add_command(verb_called(cmd_name).command())
        return super().get_command(ctx, cmd_name)

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names of all verbs."""
        return verb_names()


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, message="小区一张图 · Compound Registry %(version)s", help="版本 · version")
def commands() -> None:
    """小区一张图 · Compound Registry."""


def verb_names() -> list[str]:
    """Return the names of all verbs, in the order in which help tells them."""
    return list(MODULE_OF)


def verb_called(name: str) -> Verb[...]:
    """Return a verb by its name; KeyError if there is none."""
    from ui.cli.frame import Verb

    module = import_module(f"ui.cli.verbs.{MODULE_OF[name]}")
    return next(found for found in vars(module).values() if isinstance(found, Verb) and found.name == name)


def run(arguments: Sequence[str], *, is_own_process: bool = False) -> int:
    """Run one verb and return its exit status, as the contract lists them; ``is_own_process``: nothing comes after."""
    lang = "en" if _value(arguments, "--lang") == "en" else "zh"
    output = Output(as_json="--json" in arguments, lang=lang, is_own_process=is_own_process)
    sweep()
    prepare_streams()
    try:
        commands.main(args=list(arguments), prog_name="compound-registry", standalone_mode=False, obj=output)
    except RegistryError as error:
        output.refuse(error)
        return error.exit_status
    except (KeyboardInterrupt, Cancelled, click.exceptions.Abort):
        output.fail("interrupted", Text("中断了，没有写入。", "Interrupted; nothing was written."))
        return INTERRUPTED
    except click.ClickException as error:
        where = error.ctx.get_usage() + "\n" if isinstance(error, click.UsageError) and error.ctx else ""
        click.echo(where, err=True, nl=False)
        output.refuse(
            InvalidInput(Text(f"用法不对：{in_chinese(error, verb_names())}", error.format_message()))
        )
        return InvalidInput.exit_status
    except BrokenPipeError:
        return 0
    except Exception as error:  # noqa: BLE001  # a bug: told with the report's place, never swallowed
        fault = fault_of(error)
        if fault is not None:
            output.refuse(fault)
            return fault.exit_status
        from ui.bridge.reports import write_crash_report

        verb = next((word for word in arguments if word in MODULE_OF), "")
        path = write_crash_report(error, verb)
        output.fail("bug", Text(f"程序出错，报告在 {path}", f"This is a bug; the report is in {path}"))
        return 1
    return 0


def _value(arguments: Sequence[str], option: str) -> str | None:
    for place, word in enumerate(arguments):
        if word == option and place + 1 < len(arguments):
            return arguments[place + 1]
        if word.startswith(option + "="):
            return word.split("=", 1)[1]
    return None
