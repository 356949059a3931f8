"""Reads a profile's TOML. Every problem is collected, with line and key, before anything is refused."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.domain.kinds import COMMON_FIELDS, KINDS
from app.domain.profile import sections
from app.domain.profile.checks import check_declarations
from app.domain.profile.profile import Profile
from app.domain.profile.toml_node import Node, Sheet
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.domain.profile.declared import FactSpec, Scheme

_Spec = TypeVar("_Spec")
_KEY: Final = re.compile(r"[^\s=:()]+")
_RESERVED: Final = (
    *COMMON_FIELDS,
    "geometry",
    "wkt",
    "lon",
    "lat",
    "surveyed",
    "record",
)  # mean something in files and commands
_TOP: Final = ("id", "version", "name", "districts", "three_no", "property")


def read_profile(city: str, common: str, *, file: str | None = None) -> Profile:
    """Return the profile that a city's TOML text declares over the common text.

    Raises
    ------
    InvalidInput
        With one problem for each wrong key, naming it and its line.

    """
    try:
        own = tomllib.loads(city)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(
            Text(f"口径文件读不懂：{error}", f"The profile is not TOML: {error}"),
            (Problem(message=Text(str(error), str(error)), file=file, row=_line_of(str(error))),),
        ) from error
    sheet = Sheet(city, file)
    profile = _Reader(tomllib.loads(common), own, Sheet(common), sheet).profile(city)
    if sheet.problems:
        first = sheet.problems[0].message
        count = len(sheet.problems)
        raise InvalidInput(
            Text(
                f"口径文件有 {count} 处不对。{first.zh}。",
                f"{count} {'place' if count == 1 else 'places'} of the profile wrong. {first.en}.",
            ),
            tuple(sheet.problems),
        )
    return profile


def _line_of(error: str) -> int | None:
    """Return the line that TOML's own reader names in its sentence."""
    match = re.search(r"\(at line (\d+)", error)
    return None if match is None else int(match[1])


class _Reader:
    def __init__(
        self, common: dict[str, Any], own: dict[str, Any], common_sheet: Sheet, sheet: Sheet
    ) -> None:
        self._common = Node(common, (), common_sheet)
        self._own = Node(own, (), sheet)
        self._sheet = sheet
        self._where: dict[int, Node] = {}  # id of a declaration → where it stands

    def profile(self, text: str) -> Profile:
        own = self._own
        identity = own.text("id", "")
        if not identity:
            own.wrong("id", '要一个短名，如 "yaohai"', 'a short name is required, such as "yaohai"')
        choices = self._choices()
        groups = self._by_id("groups", sections.read_group, lambda spec: spec.id)
        facts: dict[str, FactSpec] = self._by_id(
            "facts", lambda node: sections.read_fact_spec(node, choices, groups), lambda spec: spec.key
        )
        for spec in facts.values():
            if spec.key in _RESERVED or not _KEY.fullmatch(spec.key or "x"):
                self._where[id(spec)].wrong(
                    "key",
                    f"{spec.key!r} 不能作事实的代码：不用空白和 = : ( )，也不用 {'、'.join(_RESERVED)}",
                    f"{spec.key!r} can't be a fact's key: no blanks, no = : ( ), none of {', '.join(_RESERVED)}",
                )
            for kind in spec.of:
                if kind in KINDS and spec.key in KINDS[kind].by_name:
                    self._where[id(spec)].wrong(
                        "key", f"{kind} 已有字段 {spec.key}", f"{kind} have a field {spec.key} already"
                    )
        checklists = self._by_id(
            "checklists", lambda node: sections.read_checklist(node, facts), lambda spec: spec.id
        )
        schemes = self._schemes(choices["compound_kind"])
        relations = self._by_id(
            "relations", lambda node: sections.read_relation(node, choices), lambda spec: spec.id
        )
        adoption_node = own.node("adoption") or self._common.node("adoption")
        size_node = own.node("grid_size") or self._common.node("grid_size")
        assert adoption_node is not None  # noqa: S101  # the common declaration has both
        assert size_node is not None  # noqa: S101  # narrows the type
        measures = self._by_id("measures", sections.read_measure, lambda spec: spec.id)
        made = []
        if not self._sheet.problems:  # else something of them may be missing
            made = [sections.measure_of_checklist(checklist) for checklist in checklists.values()]
            made += [sections.measure_of_scheme(versions[-1]) for versions in schemes.values()]
        for measure in made:
            if (twice := measures.get(measure.id)) is not None:
                self._where[id(twice)].wrong(
                    "id", "清单或评价办法已有这个指标", "a checklist or scheme makes this measure already"
                )
            measures[measure.id] = measure
        rule = sections.read_rule(own.node("three_no"))
        profile = Profile(
            id=identity,
            version=own.whole("version", 1, least=1),
            name=own.words("name", Text(identity, identity)),
            districts=own.some_of("districts", None, ()),
            three_no=rule,
            property_stages=self._stages(choices["stage"]),
            groups=groups,
            facts=facts,
            choices=choices,
            checklists=checklists,
            schemes=schemes,
            relations=relations,
            adoption=sections.read_adoption(adoption_node, choices["stage"]),
            grid_size=sections.read_grid_size(size_node),
            work=sections.read_work(own.node("work"), sections.read_work(self._common.node("work"))),
            measures=measures,
            text=text,
        )
        own.done()
        if not self._sheet.problems:  # else one mistake would be told twice
            check_declarations(profile, self._wrong)
        return profile

    def _wrong(self, spec: object, key: str, message: Text) -> None:
        node = self._where.get(id(spec))
        if node is None:
            self._sheet.wrong((key,), message)
        else:
            node.wrong(key, message.zh, message.en)

    def _nodes(self, key: str) -> Iterable[Node]:
        yield from self._common.nodes(key)
        yield from self._own.nodes(key)

    def _by_id(
        self, key: str, read: Callable[[Node], _Spec], name_of: Callable[[_Spec], str]
    ) -> dict[str, _Spec]:
        """Read the common declarations, then the city's: the same id is the city's word on it."""
        found: dict[str, _Spec] = {}
        of_own: set[str] = set()
        for node in self._nodes(key):
            spec = read(node)
            name = name_of(spec)
            self._where[id(spec)] = node
            if node.sheet is self._sheet:
                if name in of_own:
                    node.wrong("", f"{name!r} 出现了两次", f"{name!r} is declared twice")
                of_own.add(name)
            found[name] = spec
        return found

    def _schemes(self, compound_kinds: dict[str, Text]) -> dict[str, tuple[Scheme, ...]]:
        found: dict[str, dict[int, Scheme]] = {}
        of_own: set[str] = set()
        for node in self._nodes("schemes"):
            scheme = sections.read_scheme(node, compound_kinds)
            self._where[id(scheme)] = node
            if node.sheet is self._sheet:
                if scheme.label in of_own:
                    node.wrong("version", f"{scheme.label} 出现了两次", f"{scheme.label} is declared twice")
                of_own.add(scheme.label)
            found.setdefault(scheme.id, {})[scheme.version] = scheme
        return {name: tuple(v for _, v in sorted(versions.items())) for name, versions in found.items()}

    def _choices(self) -> dict[str, dict[str, Text]]:
        found: dict[str, dict[str, Text]] = {}
        for source in (self._common, self._own):
            sets = source.node("choices")
            for name, values in [] if sets is None else sets.named_nodes():
                merged = found.setdefault(name, {})
                for code in values.keys():  # noqa: SIM118  # a Node's keys, not a mapping's
                    merged[code] = values.words(code)
        return found

    def _stages(self, known: dict[str, Text]) -> tuple[str, ...]:
        node = self._own.node("property")
        if node is None:
            return tuple(known)
        stages = node.some_of("stages", known, tuple(known))
        node.done()
        return stages
