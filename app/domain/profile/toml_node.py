"""A table of a profile, read key by key: every wrong one is told with its line, and so is every unknown one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.domain.profile.condition import WrongConditionError, read_condition
from app.domain.profile.toml_lines import key_lines, line_of
from app.errors import Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.domain.profile.condition import Condition
    from app.domain.profile.toml_lines import Path

NO_WORDS = Text("", "")
LARGEST = 1e12  # no declared number is larger, and their products stay finite


@dataclass
class Sheet:
    """One TOML text with the problems found in it."""

    text: str
    file: str | None = None
    problems: list[Problem] = field(default_factory=list)
    _lines: dict[Path, int] | None = None

    def wrong(self, path: Path, message: Text) -> None:
        """Note a problem at a path."""
        if self._lines is None:
            self._lines = key_lines(self.text)
        name = shown(path)
        line = line_of(self._lines, path)
        at = Text(f"第 {line} 行 {name}", f"line {line}, {name}") if line else Text(name, name)
        self.problems.append(
            Problem(
                message=Text(f"{at.zh}：{message.zh}", f"{at.en}: {message.en}"),
                file=self.file,
                row=line,
                column=name,
            )
        )


def shown(path: Path) -> str:
    """Return a path as people write it, counting from 1: ``facts[3].type``."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


class Node:
    """One table. ``take…`` methods read a key once; ``done`` tells what was never asked for."""

    def __init__(self, values: dict[str, Any], path: Path, sheet: Sheet) -> None:
        self._values, self.path, self.sheet = values, path, sheet
        self._seen: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the key is given."""
        return key in self._values

    def raw(self, key: str, default: object = None) -> Any:
        """Return the value as TOML gives it."""
        self._seen.add(key)
        return self._values.get(key, default)

    def wrong(self, key: str, zh: str, en: str) -> None:
        """Note a problem with a key."""
        self.sheet.wrong((*self.path, key) if key else self.path, Text(zh, en))

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; it must be there unless there is a default."""
        value = self.raw(key, default)
        if isinstance(value, str) and (value or default == ""):
            return value
        self.wrong(key, "要写一段文字", "must be a text")
        return ""

    def one_of(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """Return a text that must be one of some."""
        value = self.raw(key, default)
        if isinstance(value, str) and (value in allowed or value == default == ""):
            return value
        listed = ", ".join(sorted(allowed))
        self.wrong(key, f"不能是 {value!r}；可用：{listed}", f"can't be {value!r}; there are: {listed}")
        return default or ""

    def some_of(
        self, key: str, allowed: Collection[str] | None, default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Return a list of texts, each one of some (None: any); it may be empty only if the default is."""
        value = self.raw(key, None if default is None else list(default))
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, "要写成一串文字 […]", "must be a list of texts […]")
            return ()
        if not value and default != ():
            self.wrong(key, "至少要写一个", "must name at least one")
        for item in value:
            if allowed is not None and item not in allowed:
                listed = ", ".join(sorted(allowed))
                self.wrong(key, f"没有 {item!r}；可用：{listed}", f"no {item!r}; there are: {listed}")
        return tuple(value)

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """Return a whole number; it must be there unless there is a default."""
        value = self.raw(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self.wrong(key, f"要写整数，至少 {least}", f"must be a whole number, at least {least}")
        return least

    def maybe_whole(self, key: str, *, least: int = 1) -> int | None:
        """Return a whole number, None where it isn't given."""
        return self.whole(key, least=least) if self.has(key) else None

    def number(
        self, key: str, default: float | None = None, *, least: float = 0, most: float | None = None
    ) -> float:
        """Return a number within limits."""
        value = self.raw(key, default)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and least <= value <= (LARGEST if most is None else most):
            return float(value)
        is_huge = is_number and value > LARGEST
        span = f"≥ {least:g}" if most is None and not is_huge else f"{least:g} – {most or LARGEST:g}"
        self.wrong(key, f"要写数字（{span}）", f"must be a number ({span})")
        return least if default is None else default

    def flag(self, key: str) -> bool:
        """Return true or false; false where it isn't given."""
        value = self.raw(key, default=False)
        if isinstance(value, bool):
            return value
        self.wrong(key, "要写 true 或 false", "must be true or false")
        return False

    def words(self, key: str, default: Text | None = None) -> Text:
        """Return Chinese and English words; they must be there unless there is a default."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if isinstance(value, dict) and isinstance(value.get("zh"), str) and isinstance(value.get("en"), str):
            return Text(value["zh"], value["en"])
        self.wrong(key, "要写 { zh = …, en = … }", "must be { zh = …, en = … }")
        return NO_WORDS

    def systems(self) -> tuple[int, ...]:
        """Return the rows of the domain's list that a declaration serves."""
        value = self.raw("systems", [])
        if isinstance(value, list) and all(isinstance(n, int) and 1 <= n <= 35 for n in value):
            return tuple(value)
        self.wrong("systems", "要写 1 至 35 的编号 […]", "must be a list of numbers from 1 to 35")
        return ()

    def condition(self, key: str) -> Condition | None:
        """Return a condition, None where it isn't given."""
        value = self.raw(key)
        return None if value is None else self.as_condition(value, key)

    def as_condition(self, value: object, key: str) -> Condition | None:
        """Return the condition that a value declares; None, told as a problem of ``key``, where it is none."""
        try:
            return read_condition(value)
        except WrongConditionError as error:
            self.wrong(key, error.words.zh, error.words.en)
            return None

    def node(self, key: str) -> Node | None:
        """Return a table inside, None where it isn't given."""
        value = self.raw(key)
        if value is None:
            return None
        if isinstance(value, dict):
            return Node(value, (*self.path, key), self.sheet)
        self.wrong(key, "要写成一节 [ ]", "must be a table")
        return None

    def nodes(self, key: str) -> list[Node]:
        """Return an array of tables inside."""
        value = self.raw(key, [])
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [Node(item, (*self.path, key, place), self.sheet) for place, item in enumerate(value)]
        self.wrong(key, "要写成若干节 [[ ]]", "must be an array of tables")
        return []

    def named_nodes(self) -> list[tuple[str, Node]]:
        """Return every table inside by its key."""
        return [(key, node) for key in self._values if (node := self.node(key)) is not None]

    def keys(self) -> list[str]:
        """Return the keys, in their order."""
        return list(self._values)

    def done(self) -> None:
        """Tell every key that nothing asked for."""
        for key in self._values:
            if key not in self._seen:
                known = ", ".join(sorted(self._seen))
                self.wrong(key, f"没有这一项；可用：{known}", f"no such key; there are: {known}")
