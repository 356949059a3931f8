"""What a city means by three-no and by covered: its facts, choices, rule and measures, declared in TOML.

A profile is the common declaration (``resources/profiles/common.toml``) with a city's own on top. The city's
text is kept in the registry, so that a registry means the same wherever it is opened.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

FACT_TYPES: Final = ("answer", "count", "money", "rate", "choice", "text")
THREE_NO_PARTS: Final = ("has_firm", "authority", "defence", "gate_guard", "managing_body")
_FACT_KEYS: Final = {"key", "of", "type", "choices", "words", "stale_days", "source", "unit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """A declared fact. ``stale_days``: after how many days a survey is out of date; None = never."""

    key: str
    of: tuple[str, ...]
    type: str
    words: Text
    choices: str = ""
    stale_days: int | None = None
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSpec:
    """A declared measure: its words, definition, base and source; ``subject`` is compound, grid or firm."""

    id: str
    subject: str
    words: Text
    definition: Text
    base: Text
    weights: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeNoRule:
    """Three-no = AND of NOT each part. ``defence``: "any" (absent only if both are) or "all"."""

    version: int
    parts: tuple[str, ...]
    defence: str
    definition: Text
    source: str

    @property
    def label(self) -> str:
        """Name and version, as results print it."""
        return f"three_no@{self.version}"

    @property
    def fact_keys(self) -> tuple[str, ...]:
        """The facts a user answers for this rule, in its order."""
        keys: list[str] = []
        for part in self.parts:
            keys += {"has_firm": ["property_firm"], "defence": ["defence_people", "defence_hardware"]}.get(
                part, [part]
            )
        return tuple(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A city's profile, complete. ``text`` is the city's own TOML as kept in the registry."""

    id: str
    version: int
    name: Text
    districts: tuple[str, ...]
    three_no: ThreeNoRule
    property_stages: tuple[str, ...]
    facts: Mapping[str, FactSpec]
    choices: Mapping[str, Mapping[str, Text]]
    measures: Mapping[str, MeasureSpec]
    text: str

    @property
    def label(self) -> str:
        """Id and version, as results print it."""
        return f"{self.id}@{self.version}"

    def facts_of(self, kind: str) -> tuple[FactSpec, ...]:
        """Return the facts that a plural kind may have, in the order of declaration."""
        return tuple(spec for spec in self.facts.values() if kind in spec.of)

    def fact_choices(self, spec: FactSpec) -> Mapping[str, Text]:
        """Return the words of the values a fact may have; empty for counts and texts."""
        if spec.type == "answer":
            return ANSWER_WORDS
        return self.choices[spec.choices] if spec.type == "choice" else {}


ANSWER_WORDS: Final[Mapping[str, Text]] = {
    "yes": Text("有", "yes"),
    "no": Text("无", "no"),
    "unknown": Text("未知", "unknown"),
}


def read_profile(city: str, common: str, *, file: str | None = None) -> Profile:
    """Return the profile that a city's TOML text declares over the common text.

    Raises
    ------
    InvalidInput
        With one problem for each wrong key, naming it and, where TOML itself is broken, the line.

    """
    base = tomllib.loads(common)
    try:
        own = tomllib.loads(city)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(
            Text(f"口径文件读不懂：{error}", f"The profile is not TOML: {error}"),
            (Problem(message=Text(str(error), str(error)), file=file),),
        ) from error
    return _Reader(own, base, city, file).profile()


class _Reader:
    """Reads one declaration and collects every problem before it refuses."""

    def __init__(self, own: dict[str, Any], base: dict[str, Any], text: str, file: str | None) -> None:
        self._own, self._base, self._text, self._file = own, base, text, file
        self._problems: list[Problem] = []

    def profile(self) -> Profile:
        known = {"id", "version", "name", "districts", "three_no", "property", "facts", "choices", "measures"}
        for key in self._own.keys() - known:
            self._wrong(key, Text("没有这一项", "no such key"))
        choices = {
            name: {code: _words(words) for code, words in values.items()}
            for name, values in {**self._base["choices"]}.items()
        }
        for name, values in self._table(self._own, "choices").items():
            merged = choices.setdefault(name, {})
            for code, words in values.items():
                merged[code] = self._read_words(words, f"choices.{name}.{code}")
        facts = {}
        for place, fact in enumerate([*self._base["facts"], *self._own.get("facts", [])]):
            spec = self._fact(fact, f"facts[{place - len(self._base['facts'])}]", choices)
            if spec is not None:
                facts[spec.key] = spec
        measures = {}
        for place, measure in enumerate([*self._base["measures"], *self._own.get("measures", [])]):
            where = f"measures[{place - len(self._base['measures'])}]"
            missing = {"id", "subject", "words", "definition", "base", "weights", "source"} - measure.keys()
            if missing:
                self._wrong(where, Text(f"缺 {sorted(missing)}", f"lacks {sorted(missing)}"))
                continue
            measures[measure["id"]] = MeasureSpec(
                id=measure["id"],
                subject=measure["subject"],
                words=self._read_words(measure["words"], where + ".words"),
                definition=self._read_words(measure["definition"], where + ".definition"),
                base=self._read_words(measure["base"], where + ".base"),
                weights=tuple(measure["weights"]),
                source=measure["source"],
            )
        rule = self._rule()
        stages = tuple(self._table(self._own, "property").get("stages", choices["stage"]))
        for stage in stages:
            if stage not in choices["stage"]:
                self._wrong("property.stages", Text(f"没有阶段 {stage!r}", f"no stage {stage!r}"))
        identity = self._own.get("id")
        if not isinstance(identity, str) or not identity:
            self._wrong("id", Text('要一个短名，如 "yaohai"', 'a short name is required, such as "yaohai"'))
        version = self._own.get("version", 1)
        if not isinstance(version, int):
            self._wrong("version", Text("要整数", "must be a whole number"))
        city_name = self._read_words(
            self._own.get("name", {"zh": str(identity), "en": str(identity)}), "name"
        )
        if self._problems:
            raise InvalidInput(
                Text(
                    f"口径文件有 {len(self._problems)} 处不对。",
                    f"{len(self._problems)} places of the profile are wrong.",
                ),
                tuple(self._problems),
            )
        return Profile(
            id=str(identity),
            version=int(version),
            name=city_name,
            districts=tuple(str(code) for code in self._own.get("districts", ())),
            three_no=rule,
            property_stages=stages,
            facts=facts,
            choices=choices,
            measures=measures,
            text=self._text,
        )

    def _rule(self) -> ThreeNoRule:
        given = self._table(self._own, "three_no")
        for key in given.keys() - {"version", "parts", "defence", "definition", "source"}:
            self._wrong(f"three_no.{key}", Text("没有这一项", "no such key"))
        parts = tuple(given.get("parts", ("has_firm", "authority", "defence")))
        for part in parts:
            if part not in THREE_NO_PARTS:
                self._wrong(
                    "three_no.parts", Text(f"没有 {part!r}", f"no part {part!r}; there are {THREE_NO_PARTS}")
                )
        defence = given.get("defence", "any")
        if defence not in ("any", "all"):
            self._wrong("three_no.defence", Text('只能是 "any" 或 "all"', 'must be "any" or "all"'))
        return ThreeNoRule(
            version=int(given.get("version", 1)),
            parts=parts,
            defence=str(defence),
            definition=self._read_words(
                given.get("definition", {"zh": "三项皆无", "en": "all parts absent"}), "three_no.definition"
            ),
            source=str(given.get("source", "")),
        )

    def _fact(self, fact: dict[str, Any], where: str, choices: Mapping[str, Any]) -> FactSpec | None:
        for key in fact.keys() - _FACT_KEYS:
            self._wrong(f"{where}.{key}", Text("没有这一项", "no such key"))
        missing = {"key", "of", "type", "words"} - fact.keys()
        if missing:
            self._wrong(where, Text(f"缺 {sorted(missing)}", f"lacks {sorted(missing)}"))
            return None
        if fact["type"] not in FACT_TYPES:
            self._wrong(f"{where}.type", Text(f"没有 {fact['type']!r}", f"no type {fact['type']!r}"))
        if fact["type"] == "choice" and fact.get("choices") not in choices:
            self._wrong(f"{where}.choices", Text("没有这组选项", "no such set of choices"))
        return FactSpec(
            key=fact["key"],
            of=tuple(fact["of"]),
            type=fact["type"],
            words=self._read_words(fact["words"], where + ".words"),
            choices=fact.get("choices", ""),
            stale_days=fact.get("stale_days"),
            unit=fact.get("unit", ""),
            source=fact.get("source", ""),
        )

    def _table(self, of: dict[str, Any], key: str) -> dict[str, Any]:
        table = of.get(key, {})
        if isinstance(table, dict):
            return table
        self._wrong(key, Text("要写成一节", "must be a table"))
        return {}

    def _read_words(self, words: object, where: str) -> Text:
        if isinstance(words, dict) and isinstance(words.get("zh"), str) and isinstance(words.get("en"), str):
            return _words(words)
        self._wrong(where, Text("要写 { zh = …, en = … }", "must be { zh = …, en = … }"))
        return Text("", "")

    def _wrong(self, key: str, message: Text) -> None:
        line = next(
            (
                n
                for n, row in enumerate(self._text.splitlines(), 1)
                if row.strip().startswith(key.rsplit(".", maxsplit=1)[-1])
            ),
            None,
        )
        self._problems.append(
            Problem(
                message=Text(f"{key}：{message.zh}", f"{key}: {message.en}"),
                file=self._file,
                row=line,
                column=key,
            )
        )


def _words(words: Mapping[str, str]) -> Text:
    return Text(words["zh"], words["en"])
