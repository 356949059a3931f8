"""Make what our pages take from the declarations: ``docs/reference/2-kinds.md``, and what is marked in its other pages and in two of ``docs``."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
KINDS_PAGE = PAGES / "2-kinds.md"
OTHERS = (ROOT / "docs" / "house.md", ROOT / "docs" / "file-format.md")
_BLOCK: Final = re.compile(r"<!-- made: (\w+) -->\n.*?<!-- end -->", re.DOTALL)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.domain.kinds import Field, Kind
    from app.domain.profile.profile import Profile
    from app.text import Text

KINDS_HEAD = """# 2. Kinds and fields

Made by `.venv/bin/python scripts/make_pages.py` from `app/domain/kinds`; a test compares. `*` must be given · `→` names a record of one of these kinds by its code.

Every kind also takes `code` (where it has one), `valid_from`, `valid_until` and `source`; one with an outline takes `geometry`, from a table as `wkt` or as `lon` and `lat`. Kinds that the profile has facts for take those by
their keys, from the day in `surveyed` on, else from today.

**Parents that a record leaves out.** Where a street, community or grid names no parent, one is found for the day that is asked about: of the level above, the unit in which most of its outline lies (of two alike, the
lower code) and which agrees with what the record does name; failing that, a unit of a level higher still. Such a parent is as good as a recorded one and is not written into the file. For compounds and buildings nobody is
sought, and digits of a code say nothing.

**Refused**, with nothing written: what names no record, field, kind or choice; a first day after the last; a wrong check character; an outline that crosses itself; negative counts, more matched than imported, more
surveyed than there are; two attachments of one organisation in one role to one thing, or two engagements of a firm with a compound, on one day; a parent that leads back to itself; a mobile or identity number in a text. An empty name, an overlap, a missing
outline or parent is a finding and not refused.

"""


def main() -> int:
    sys.path.insert(0, str(ROOT))
    for path, made in pages().items():
        path.write_text(made, "utf-8")
    return 0


def pages() -> dict[Path, str]:
    """Return every page that holds something made, as it must be."""
    tables = {
        "facts": _facts,
        "measures": _measures,
        "reasons": _reasons,
        "rules": _rules,
        "columns": _columns,
        "rooms": _rooms,
        "tables": _tables,
        "steps": _steps,
    }
    found = {KINDS_PAGE: KINDS_HEAD + "\n".join(_kind(kind) for kind in _offered())}
    for path in (*sorted(PAGES.glob("*.md")), *OTHERS):
        text = path.read_text("utf-8")
        if _BLOCK.search(text) is not None:
            found[path] = _BLOCK.sub(
                lambda block: f"<!-- made: {block[1]} -->\n{tables[block[1]]()}\n<!-- end -->", text
            )
    return found


def _offered() -> Iterable[Kind]:
    from app.domain.kinds import OFFERED_KINDS

    return OFFERED_KINDS.values()


def _kind(kind: Kind) -> str:
    lines = [f"## `{kind.name}` · {kind.words.zh} · {kind.words.en}", "", *_about(kind), ""]
    lines += ["| field | 字段 | words | value |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{field.name}`{'*' if field.required else ''} | {field.words.zh} | {field.words.en} | {_value(field)} |"
        for field in kind.fields
    ]
    return "\n".join([*lines, ""])


def _about(kind: Kind) -> list[str]:
    from app.domain.audience import Audience

    said = [f"Table `{kind.table}`" + (f", outline: {kind.shape}" if kind.is_layer else "")]
    if kind.letter:
        said.append(f"codes made for it begin with `{kind.letter}`")
    if not kind.coded:
        said.append("no code of its own")
    lines = ["; ".join(said) + "."]
    if kind.identity:
        lines.append(f"Two rows are the same in {' '.join(f'`{name}`' for name in kind.identity)}.")
    elif kind.narrowed_by:
        names = " ".join(f"`{name}`" for name in kind.narrowed_by)
        lines.append(f"Two of one name within a unit differ in {names}.")
    public = [f"`{field.name}`" for field in kind.fields if field.least is Audience.PUBLIC]
    if public:
        lines.append(f"The public may have {' '.join(public)}.")
    lines += [f"Left out of `{where}`: {why.en}." for where, why in kind.absent_from.items()]
    return [" ".join(lines)]


def _value(field: Field) -> str:
    from app.domain.kinds import FieldType

    said = {
        FieldType.TEXT: "text",
        FieldType.COUNT: "whole number",
        FieldType.NUMBER: "number",
        FieldType.YEAR: "year",
        FieldType.DAY: "day",
        FieldType.ANSWER: "yes, no, unknown",
    }
    if field.type is FieldType.REFERENCE:
        return "→ " + " ".join(f"`{kind}`" for kind in field.to)
    if field.type is FieldType.CHOICE:
        from app.services.profile.profiles import load_profile

        return " ".join(f"`{code}`" for code in load_profile("yaohai").choices[field.choices])
    return said[field.type]


def _tables() -> str:
    """Return how each kind stands in a file: its table and columns."""
    from app.domain.kinds import KINDS
    from app.persistence.columns import column_of, shape_type

    sections = []
    for kind in KINDS.values():
        layer = f", layer: `{shape_type(kind.name)}`" if kind.is_layer else ""
        code = f", codes made for it begin with `{kind.letter}`" if kind.letter else ""
        rows = (
            (f"`{column_of(field)}`", field.words.zh, field.words.en, _kept_value(field))
            for field in kind.fields
        )
        head = f"### `{kind.table}` · {kind.words.zh} · {kind.words.en}{layer}{code}"
        sections.append(f"{head}\n\n{_table(('column', '字段', 'field', 'value'), rows)}")
    return "\n\n".join(sections)


def _kept_value(field: Field) -> str:
    from app.domain.kinds import KINDS, FieldType

    said = {
        FieldType.COUNT: "whole number, 0 or more",
        FieldType.NUMBER: "number, 0 or more",
        FieldType.ANSWER: "`yes`, `no` or `unknown`",
        FieldType.CHOICE: f"a code of the profile's list `{field.choices}`",
        FieldType.REFERENCE: "`id` of a record of "
        + ", ".join(f"`{KINDS[kind].table}`" for kind in field.to),
    }.get(field.type)
    said = _value(field) if said is None else said
    return f"{said}; required" if field.required else said


def _steps() -> str:
    """Return the steps of the schema, a sentence each."""
    from app.persistence.migrations import STEPS

    return "\n".join(f"{step.number}. {step.sentence}" for step in STEPS)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '·') for cell in line)} |" for line in lines)


def _profiles() -> list[Profile]:
    from app.services.profile.profiles import city_profiles, load_profile

    return [load_profile(name) for name in city_profiles()]


def _facts() -> str:
    """Return the facts that every profile has."""
    first, *others = _profiles()
    shared = [
        spec for key, spec in first.facts.items() if all(other.facts.get(key) == spec for other in others)
    ]
    return _table(
        ("key", "事实", "words", "of", "value"),
        (
            (
                f"`{spec.key}`",
                spec.words.zh,
                spec.words.en,
                " ".join(f"`{kind}`" for kind in spec.of),
                " ".join(f"`{code}`" for code in first.choices[spec.choices]) if spec.choices else spec.type,
            )
            for spec in shared
        ),
    )


def _measures() -> str:
    """Return the measures that every profile has; where profiles define one apart, it says so."""
    from app.coverage.measures import measure_groups, parse_measure

    first, *others = _profiles()
    rows = []
    for group, _, names in measure_groups(first):
        if group == "facts":
            continue
        for name in names:
            if any(name not in {n for _, _, ns in measure_groups(other) for n in ns} for other in others):
                continue
            own = parse_measure(first, name)
            is_one = all(parse_measure(other, name).definition == own.definition for other in others)
            definition = own.definition.en if is_one else "by the rule of the profile"
            weights = " ".join(f"`{weight}`" for weight in own.spec.weights)
            rows.append((f"`{name}`", own.words.zh, own.words.en, own.spec.subject, definition, weights))
    return _table(("id", "指标", "words", "subject", "covered", "weights"), rows)


def _words(heads: tuple[str, str, str], words: Mapping[str, Text]) -> str:
    return _table(heads, ((f"`{name}`", said.zh, said.en) for name, said in words.items()))


def _reasons() -> str:
    from app.domain.vocabulary import REASONS

    return _words(("reason", "原因", "words"), REASONS)


def _rules() -> str:
    from app.domain.vocabulary import RULES

    return _words(("rule", "规则", "words"), RULES)


def _columns() -> str:
    """Return who may have which column of what has an outline; facts and ratings are for the street."""
    from app.domain.audience import Audience
    from app.domain.kinds import Where, tables_in
    from app.exchange.formats.audience import columns_of

    profile = _profiles()[0]
    rows = []
    for layer in tables_in(Where.GEOPACKAGE):
        had: set[str] = set()
        cells = []
        for audience in Audience:
            names = [
                column.name
                for column in columns_of(layer, audience, profile)
                if column.name not in had
                and not column.name.startswith("fact_")
                and not any(column.name.endswith(f"_{scheme}") for scheme in profile.schemes)
            ]
            had.update(names)
            cells.append(" ".join(f"`{name}`" for name in names) or "–")
        rows.append((f"`{layer}`", *cells))
    return _table(("layer", "public", "and for the street", "and internal"), rows) + (
        "\n\nFacts and ratings leave for the street and inside. Kinds without an outline are sheets of a workbook, for the street and inside."
    )


def _rooms() -> str:
    """Return a line for each floor of ``ui`` and ``app``, from the top, with a sentence for every room on it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    floors = {
        contract["containers"][0].replace(".", "/"): contract["layers"]
        for contract in settings["contracts"]
        if contract["type"] == "layers" and "containers" in contract
    }
    lines = []
    for container in ("ui", "app"):
        lines += ["", f"**{container}**: {_sentence(ROOT / container)} Its floors, from the top:", ""]
        for floor in floors[container]:
            rooms = [ROOT / container / name for name in floor.split(" | ")]
            lines.append("- " + " · ".join(_told(room, floors) for room in rooms))
    return "\n".join([f"**geo**: {_sentence(ROOT / 'geo')}", *lines])


def _told(room: Path, floors: Mapping[str, Sequence[str]]) -> str:
    """Return a room with its sentence, and the rooms in it, from the top where they have floors."""
    name = room.relative_to(ROOT).as_posix()
    inner = sorted(part.parent for part in room.glob("*/__init__.py"))
    if name in floors:
        order = [part for floor in floors[name] for part in floor.split(" | ")]
        inner.sort(key=lambda part: order.index(part.name))
    said = f"`{name}` {_sentence(room)}"
    parts = " ".join(f"*{part.name}* {_sentence(part)}" for part in inner)
    return f"{said} {parts}" if parts else said


def _sentence(room: Path) -> str:
    """Return the first sentence of the docstring of a package or module."""
    path = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split())


if __name__ == "__main__":
    sys.exit(main())
