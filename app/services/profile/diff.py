"""What differs between two texts of a profile, declaration by declaration, as the journal keeps it."""

from __future__ import annotations

import tomllib
from datetime import date, time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED_BY: Final = ("key", "id", "stage")  # what a declaration in an array is called by


def profile_sections(before: str, after: str) -> tuple[tuple[str, Any, Any], ...]:
    """Return (section, before, after) for each declaration that differs: ``three_no``, ``facts.lift``, ``schemes.stars@2``.

    Both texts must be TOML. None where one of them has no such declaration.
    """
    old, new = dict(_sections(tomllib.loads(before))), dict(_sections(tomllib.loads(after)))
    return tuple(
        (name, old.get(name), new.get(name))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    )


def _sections(declared: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in declared.items():
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for place, item in enumerate(value, 1):
                yield f"{name}.{_name_of(item, place)}", _plain(item)
        elif name == "choices" and isinstance(value, dict):
            for chosen, values in value.items():
                yield f"{name}.{chosen}", _plain(values)
        else:
            yield name, _plain(value)


def _name_of(item: dict[str, Any], place: int) -> str:
    called = next((str(item[key]) for key in _NAMED_BY if key in item), str(place))
    return f"{called}@{item['version']}" if "version" in item else called


def _plain(value: Any) -> Any:
    """Return a value of TOML as JSON has it."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value
