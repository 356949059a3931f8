"""Make ``docs/reference/commands.md`` and the lists of verbs in README, from the verbs themselves.

Options, defaults and help are read off the verbs; the keys of the documents off a story in which every verb is done
(``scripts/verbs_story.py``). ``python scripts/verbs_doc.py`` writes both; a test compares them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from verbs_story import LEFT_OUT, Told, told  # noqa: E402

from app import errors  # noqa: E402  # the program lies beside this script
from ui.cli.frame import COMMON, Verb  # noqa: E402
from ui.cli.run import INTERRUPTED, verb_called  # noqa: E402
from ui.cli.verbs import LATER, LINES, MODULE_OF  # noqa: E402
from ui.cli.verbs.bring_out import OutFile  # noqa: E402
from ui.map.export import FORMATS  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PAGE = ROOT / "docs" / "reference" / "commands.md"
README = ROOT / "README.md"
_HEAD = """# Commands

Made by `python scripts/verbs_doc.py` from the verbs themselves; a test compares it. `python main.py VERB …` and the installed
`compound-registry VERB …` are the same. Options and keys named here are promises: they are never renamed or dropped without
a new major version.

Every verb takes {common}.

## Exit status

On 2 to 5, standard error says what, where and what to do; with `--json`, standard output holds
`{error}`.

| status | kind | |
| --- | --- | --- |
"""
_STATUSES: Final = {
    errors.InvalidInput: "Refused input or usage: nothing was written.",
    errors.NotDueYet: "A verb that is promised and not built yet.",
    errors.Conflict: "Somebody else's change, or a question without an answer, stands in the way: nothing was written.",
    errors.StorageFault: "The disk, the lock or the file failed.",
    errors.Busy: "Somebody else held the file too long: nothing was written, and it may be tried again.",
    errors.IntegrityFault: "What the file holds is not what was written into it.",
}
_JSON: Final = """
## JSON

One document on standard output, UTF-8, no escapes for Chinese. `…` stands for values, `NAME:` for keys that are data (codes, kinds, facts);
what is absent is `null`. A document of a registry in which edits of another program wait also has `foreign_edits`, their number; one by an address,
refused or not, also `unsent` where changes entered on this computer without the server are not on it yet: how many.

"""
_TAKES: Final = {"date": "DAY", "integer": "N", "integer range": "N", "float": "NUMBER", "path": "FILE"}
_OPEN: Final = {  # maps whose keys are data, by their names
    "facts", "measure", "sums", "by_kind", "records", "groups", "sides", "units", "to",
}  # fmt: skip
_OPEN_IN: Final = {
    *((verb, "counts") for verb in ("sample", "export", "mediators", "compare-rules")),
    *(("totals", key) for key in ("kind", "list", "type", "stage", "level", "state", "category")),
}
_CELLS: Final = {"before", "after"}  # of a cell: any value
_DEPTH: Final = 2  # a tree is shown so many levels deep


def page(steps: Sequence[Told]) -> str:
    """Return the page of commands, with the documents of a story."""
    error = '{"error": {"kind", "message", "problems": [{"file", "sheet", "row", "column", "code", "value", "message"}]}}'
    common = ", ".join(f"`{_usage(option)}`" for option in COMMON)
    return "".join(
        (
            _HEAD.format(common=common, error=error),
            *_statuses(),
            "\n## Verbs\n",
            *(_verb(verb_called(name)) for name in MODULE_OF if name not in LATER),
            f"\nPromised and not built yet, each exits 2 with a sentence: {', '.join(f'`{v}`' for v in LATER)}.\n",
            _JSON,
            *(f"- {line}\n" for line in _documents(steps)),
        )
    )


def _statuses() -> Iterator[str]:
    yield "| 0 | | Done. |\n| 1 | `bug` | A fault of the program; the path of its report is printed. |\n"
    for error, words in _STATUSES.items():
        yield f"| {error.exit_status} | `{error.kind}` | {words} |\n"
    yield f"| {INTERRUPTED} | `interrupted` | Interrupted: nothing was written. |\n"


def _verb(verb: Verb[...]) -> str:
    given = [option for option in verb.options if isinstance(option, click.Argument)]
    options = [option for option in verb.options if isinstance(option, click.Option)]
    words = " ".join(_typed(argument) for argument in given)
    doc = " ".join((verb.run.__doc__ or "").split())
    lines = [f"\n### `{verb.name} {words}`".replace(" `", " `").rstrip(), "", doc]
    if options:
        lines += ["", "| option | default | |", "| --- | --- | --- |"]
        lines += [
            f"| `{_cell(_usage(option))}` | {_default(option)} | {_cell(option.help)} |" for option in options
        ]
    return "\n".join(lines) + "\n"


def _typed(argument: click.Argument) -> str:
    if isinstance(argument, OutFile):
        return argument.told()
    metavar = argument.metavar or (argument.name or "").upper()
    if isinstance(argument.type, click.Choice):
        metavar = "|".join(map(str, argument.type.choices))
    more = "" if argument.nargs != -1 or "…" in metavar else "…"
    name = f"{metavar}{more}"
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _usage(option: click.Option) -> str:
    names = "|".join(option.opts) + (f"|{option.secondary_opts[0]}" if option.secondary_opts else "")
    if option.is_flag:
        return names
    takes = option.metavar or _TAKES.get(option.type.name, "TEXT")
    if isinstance(option.type, click.Choice):
        takes = "|".join(map(str, option.type.choices))
    return f"{names} {takes}" + (" …" if option.multiple else "")


def _default(option: click.Option) -> str:
    default = option.to_info_dict()["default"]
    if option.required:
        return "must be given"
    return f"`{default}`" if isinstance(default, str | int | float) and not isinstance(default, bool) else ""


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _documents(steps: Sequence[Told]) -> Iterator[str]:
    """Yield a line for each form of document that a verb answers, with the options that ask for it."""
    for name in MODULE_OF:
        forms: dict[tuple[str, ...], list[Told]] = {}
        for step in steps:
            if step.verb == name and step.documents:
                forms.setdefault(tuple(step.documents[0]), []).append(step)
        for same in forms.values():
            asked = _asked(verb_called(name), same[0].given) if len(forms) > 1 else ""
            shape = _shape(name, "", _merged(step.documents[0] for step in same))
            typed = f"{name} {asked}".strip()
            yield f"`{typed}`: `{shape}`"
    for name in LEFT_OUT:
        shape = "{size, input, seed, rounds, machine: {…}, versions: {NAME: …}, sides: {NAME: …}, suites: [{suite, measured: {MARK: {NAME: …}}, …}]}"
        yield f"`{name}`: `{shape}`"


def _asked(verb: Verb[...], given: dict[str, Any]) -> str:
    """Return what was given beside the registry, as it is typed."""
    words = []
    for option in verb.options:
        if option.name in given and option.name != "registry" and option.name not in ("as_of", "why"):
            value = given[option.name]
            is_flag = isinstance(option, click.Option)
            words.append(
                option.opts[0] if is_flag else str(value) if isinstance(value, str) else _typed_as(option)
            )
    return " ".join(words)


def _typed_as(option: click.Parameter) -> str:
    return _typed(option) if isinstance(option, click.Argument) else ""


def _merged(values: Iterable[Any]) -> Any:
    """Return the form of all of them: a map of forms, a list of one form, or None for a plain value."""
    known = [value for value in values if value is not None]
    if any(isinstance(value, dict) for value in known):
        found: dict[str, list[Any]] = {}
        for value in known:
            for key, below in value.items() if isinstance(value, dict) else ():
                found.setdefault(key, []).append(below)
        return {key: _merged(below) for key, below in found.items()}
    if any(isinstance(value, list) for value in known):
        return [_merged(below for value in known if isinstance(value, list) for below in value)]
    return None


def _shape(verb: str, key: str, form: Any, depth: int = 0) -> str:
    if isinstance(form, list):
        if form[0] is None or (key == "children" and depth > _DEPTH):
            return "[…]"
        return f"[{_shape(verb, '', form[0], depth)}]"
    if not isinstance(form, dict):
        return "…"
    if key in _CELLS and verb in ("history", "show", "import", "foreign"):
        return "…"
    if (key in _OPEN or (verb, key) in _OPEN_IN) and (verb, key) != ("purge", "records"):
        below = _merged(list(form.values()))
        return "{NAME: " + _shape(verb, "", below, depth + 1) + "}"
    return (
        "{"
        + ", ".join(
            name
            if below is None or _is_cell(verb, name)
            else f"{name}: {_shape(verb, name, below, depth + 1)}"
            for name, below in form.items()
        )
        + "}"
    )


def _is_cell(verb: str, key: str) -> bool:
    return key in _CELLS and verb in ("history", "show", "import", "foreign")


def with_lists(readme: str) -> str:
    """Return README with its two lists of verbs made anew."""
    for head, lang in (("| 命令 | 做什么 |", "zh"), ("| verb | does |", "en")):
        rows = [
            f"| {' '.join(f'`{verb}`' for verb in line.modules)} | {line.told(FORMATS.words).in_(lang)} |"
            for line in LINES
        ]
        table = "\n".join((head, "| --- | --- |", *rows))
        start = readme.index(head)
        end = readme.index("\n\n", start)
        readme = readme[:start] + table + readme[end:]
    return readme


def main() -> None:
    """Write the page and the lists."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"COMPOUND_REGISTRY_SETTINGS": f"{folder}/s.ini", "XDG_STATE_HOME": folder}
        PAGE.write_text(page(told(Path(folder))), "utf-8")
    README.write_text(with_lists(README.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
