"""What is wrong with how a verb was called, in Chinese; click itself says it in English."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

_IN_BRACKETS: Final = re.compile(r"\((.*)\)$")  # what was too much stands at the end of click's sentence


def in_chinese(error: click.ClickException, verbs: Sequence[str]) -> str:
    """Return what is wrong. ``verbs``: the names that there are."""
    match error:
        case click.exceptions.NoSuchCommand():
            near = _or(get_close_matches(error.command_name, verbs))
            return f"没有命令 {error.command_name}。{near or '--help 列出有哪些。'}"
        case click.NoSuchOption():
            return f"没有选项 {error.option_name}。{_or(error.possibilities or ())}"
        case click.BadOptionUsage():
            takes_one = "requires" in error.message
            return f"{error.option_name} {'后面要写值' if takes_one else '后面不写值'}。"
        case click.MissingParameter(param=click.Option() as option):
            return f"缺 {option.opts[0]}。"
        case click.MissingParameter(param=click.Parameter() as parameter):
            return f"缺 {parameter.make_metavar(_context(error))}。"
        case click.BadParameter(param=click.Parameter() as parameter):
            return _bad_value(error, parameter)
    found = _IN_BRACKETS.search(error.message)
    return error.format_message() if found is None else f"多写了 {found[1]}。"


def _bad_value(error: click.BadParameter, parameter: click.Parameter) -> str:
    name = (
        parameter.opts[0]
        if isinstance(parameter, click.Option)
        else str(parameter.make_metavar(_context(error)))
    )
    kind: Any = parameter.type
    match kind:
        case click.Choice():
            return f"{name} 只能是 {'、'.join(map(str, kind.choices))}。"
        case click.IntRange(min=int() as least):
            return f"{name} 要写 {least} 或以上的整数。"
        case click.IntRange() | click.types.IntParamType():
            return f"{name} 要写整数。"
        case click.types.FloatParamType():
            return f"{name} 要写数字。"
    return f"{name}：{error.message}"


def _context(error: click.UsageError) -> click.Context:
    return error.ctx or click.Context(click.Command(""))


def _or(near: Sequence[str]) -> str:
    return f"是不是 {'、'.join(near)}？" if near else ""
