"""Changes to the text of a profile that leave all else in it as its author wrote it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from app.domain.profile.toml_lines import key_lines
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from app.domain.profile.declared import Band, FactSpec, Scheme, SchemeGroup, SchemeItem

_ONE_LINE: Final = re.compile(r"^(\s*[\w\-]+\s*=\s*)\{[^{}]*\}(\s*(?:#.*)?)$")


def with_scheme(text: str, scheme: Scheme) -> str:
    """Return a profile's text with one more version of a scheme at its end."""
    return f"{text.rstrip()}\n\n{scheme_text(scheme)}"


def scheme_text(scheme: Scheme) -> str:
    """Return a scheme as a profile declares it."""
    lines = [
        "[[schemes]]",
        f"id = {_quoted(scheme.id)}",
        f"version = {scheme.version}",
        f"of = {_listed(scheme.of)}",
    ]
    if scheme.kinds:
        lines.append(f"kinds = {_listed(scheme.kinds)}")
    lines.append(f"words = {_words(scheme.words)}")
    if scheme.firm_share is not None:
        lines.append(f"firm_share = {scheme.firm_share!r}")
    if scheme.reward_fact:
        lines.append(f"reward_fact = {_quoted(scheme.reward_fact)}")
    if scheme.firm_reward_fact:
        lines.append(f"firm_reward_fact = {_quoted(scheme.firm_reward_fact)}")
    if scheme.valid_days is not None:
        lines.append(f"valid_days = {scheme.valid_days}")
    if scheme.bands_assumed:
        lines.append("bands_assumed = true")
    if scheme.public:
        lines.append(f"public = {_quoted(scheme.public)}")
    if scheme.source:
        lines.append(f"source = {_quoted(scheme.source)}")
    if scheme.systems:
        lines.append(f"systems = {list(scheme.systems)}")
    parts = ["\n".join(lines)]
    parts += [_group(group) for group in scheme.groups]
    parts += [_item(item) for item in scheme.items]
    parts += [_band(band) for band in scheme.bands]
    return "\n\n".join(parts) + "\n"


def with_fact_words(text: str, fact: FactSpec, words: Text) -> str:
    """Return a profile's text in which a fact has other words: its own declaration changed, or one added."""
    lines = key_lines(text)
    place = next(
        (
            path[1]
            for path, number in lines.items()
            if len(path) == 3
            and path[0] == "facts"
            and path[2] == "key"
            and text.splitlines()[number - 1].split("=", 1)[1].strip().strip("\"'") == fact.key
        ),
        None,
    )
    if place is not None:
        return _with_line(text, lines.get(("facts", place, "words")), words, f"facts.{fact.key}.words")
    declared = [
        "[[facts]]",
        f"key = {_quoted(fact.key)}",
        f"of = {_listed(fact.of)}",
        f"type = {_quoted(fact.type)}",
        f"words = {_words(words)}",
    ]
    for name, value in (
        ("choices", fact.choices),
        ("unit", fact.unit),
        ("group", fact.group),
        ("public", fact.public),
        ("source", fact.source),
    ):
        if value:
            declared.append(f"{name} = {_quoted(value)}")
    if fact.stale_days is not None:
        declared.append(f"stale_days = {fact.stale_days}")
    if fact.systems:
        declared.append(f"systems = {list(fact.systems)}")
    return f"{text.rstrip()}\n\n" + "\n".join(declared) + "\n"


def with_choice_words(text: str, choices: str, code: str, words: Text) -> str:
    """Return a profile's text in which a choice has other words, or is new."""
    lines = key_lines(text)
    if ("choices", choices, code) in lines:
        return _with_line(text, lines["choices", choices, code], words, f"choices.{choices}.{code}")
    said = f"{_key(code)} = {_words(words)}"
    head = lines.get(("choices", choices))
    if head is None:
        return f"{text.rstrip()}\n\n[choices.{_key(choices)}]\n{said}\n"
    rows = text.splitlines()
    rows.insert(head, said)
    return "\n".join(rows) + "\n"


def _with_line(text: str, number: int | None, words: Text, name: str) -> str:
    """Put other words into one line ``name = { … }``; refuse where they are not written in one line."""
    rows = text.splitlines()
    match = _ONE_LINE.match(rows[number - 1]) if number is not None else None
    if match is None or number is None:
        message = Text(
            f"口径里 {name} 不是写成一行 {{ zh = …, en = … }}，不能替你改。先改成一行。",
            f"{name} of the profile is not one line {{ zh = …, en = … }}, so it can't be changed for you. Write it as one.",
        )
        raise InvalidInput(message, (Problem(message=message, row=number, column=name),))
    rows[number - 1] = f"{match[1]}{_words(words)}{match[2]}"
    return "\n".join(rows) + "\n"


def _group(group: SchemeGroup) -> str:
    lines = ["[[schemes.groups]]", f"id = {_quoted(group.id)}", f"words = {_words(group.words)}"]
    if group.weight != 1:
        lines.append(f"weight = {group.weight!r}")
    return "\n".join(lines)


def _item(item: SchemeItem) -> str:
    lines = ["[[schemes.items]]", f"id = {_quoted(item.id)}", f"words = {_words(item.words)}"]
    if item.group:
        lines.append(f"group = {_quoted(item.group)}")
    lines.append(f"maximum = {item.maximum!r}")
    if item.weight != 1:
        lines.append(f"weight = {item.weight!r}")
    return "\n".join(lines)


def _band(band: Band) -> str:
    lines = [
        "[[schemes.bands]]",
        f"stars = {band.stars}",
        f"at_least = {band.at_least!r}",
        f"words = {_words(band.words)}",
    ]
    if band.reward_yuan is not None:
        lines.append(f"reward_yuan = {band.reward_yuan!r}")
    return "\n".join(lines)


def _words(words: Text) -> str:
    return f"{{ zh = {_quoted(words.zh)}, en = {_quoted(words.en)} }}"


def _listed(values: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quoted(value) for value in values) + "]"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_\-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    """Return a text as TOML's basic string: JSON's, but that TOML takes no bare DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
