"""A city's own lists from a workbook into the registry's profile: items of schemes, and words that a frame leaves open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from app.domain.edits import Changes
from app.errors import InvalidInput, Problem
from app.exchange import template_names
from app.exchange.headings import normalised
from app.exchange.list_rows import NAME_COLUMNS, SCHEME_COLUMNS, STAR_COLUMNS, read_list, read_list_beside
from app.exchange.personal import is_personal_heading
from app.services.bring_in.profile_change import change_profile, check_profile
from app.services.bring_in.scheme_lists import SchemeReader, same_content
from app.services.profile.overview import is_open
from app.services.profile.text import with_choice_words, with_fact_words, with_scheme
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.domain.profile.profile import Profile
    from app.exchange.list_rows import ListRow, ListTable
    from app.jobs import Ticket
    from app.services.registry.registry import Registry

LISTS: Final = ("schemes", "words")  # what `import --as` takes besides kinds of record


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """What becomes of one scheme, or of the words of one fact or choice. ``action``: create, change or same."""

    name: str
    words: Text
    action: str
    version: int | None = None
    items: int = 0
    open_items: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """What a city's list would do to the profile; ``text`` is the profile as it would be."""

    source: Path
    kind: str
    changes: tuple[ListChange, ...]
    text: str
    left_columns: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many things are new, changed, the same."""
        return {a: sum(c.action == a for c in self.changes) for a in ("create", "change", "same")}

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the plan as the command prints it before it is written."""
        return {
            "source": str(self.source),
            "kind": self.kind,
            "committed": False,
            "change": None,
            "counts": {**self.counts, "skip": 0, "refuse": 0},
            "changes": [
                {
                    "name": change.name,
                    "words": {"zh": change.words.zh, "en": change.words.en},
                    "action": change.action,
                    "version": change.version,
                    "items": change.items,
                    "open_items": change.open_items,
                }
                for change in self.changes
            ],
            "left_columns": [{"column": name, "why": "unmapped"} for name in self.left_columns],
        }


def plan_list(
    registry: Registry, path: Path, kind: str, *, scheme: str | None = None, ticket: Ticket | None = None
) -> ListPlan:
    """Read a city's list and return what it would do. Nothing is written.

    ``kind`` "schemes": each scheme in the list gets a new version made of exactly its rows; the old ones stay, and
    so do assessments made under them. ``scheme`` names it where the list has no such column. "words": names of
    facts and choices that the frame leaves open.

    Raises
    ------
    InvalidInput
        With every problem, each with its sheet, row and column.

    """
    profile = registry.profile
    if kind == "schemes":
        plan = _plan_schemes(profile, path, scheme, ticket)
    elif kind == "words":
        plan = _plan_words(profile, path, ticket)
    else:
        message = Text(
            f"没有 {kind!r} 这种清单。有：{'、'.join(LISTS)}。",
            f"There is no list {kind!r}: {', '.join(LISTS)}.",
        )
        raise InvalidInput(message, (Problem(message=message),))
    check_profile(registry, plan.text)
    return plan


def commit_list(registry: Registry, plan: ListPlan, *, why: str | None = None) -> Changes:
    """Write a plan into the profile as one change that can be taken back; nothing to do: ``change`` is None."""
    if plan.text == registry.profile.text:
        return Changes(None, "profile", ())
    return change_profile(registry, plan.text, why=why or plan.source.name)


def _plan_schemes(profile: Profile, path: Path, only: str | None, ticket: Ticket | None) -> ListPlan:
    if only is not None and only not in profile.schemes:
        known = "、".join(profile.schemes) or "一个也没有"
        message = Text(
            f"口径里没有评价办法 {only!r}。有：{known}。",
            f"The profile has no scheme {only!r}: {', '.join(profile.schemes) or 'none'}.",
        )
        raise InvalidInput(message, (Problem(message=message, column="scheme", value=only),))
    table = read_list(path, SCHEME_COLUMNS, ("zh",), template_names.SCHEMES, ticket)
    stars = read_list_beside(path, STAR_COLUMNS, ("stars", "at_least"), template_names.STARS, ticket)
    reader = SchemeReader(profile, only)
    of_items = reader.by_scheme(table)
    of_stars = reader.by_scheme(stars) if stars is not None else {}
    text, changes = profile.text, []
    for name in profile.schemes:
        old = profile.schemes[name][-1]
        new = replace(old, version=old.version + 1)
        if name in of_items:
            groups, items = reader.items(table, of_items[name], old)
            new = replace(new, groups=groups, items=items)
        if stars is not None and name in of_stars:
            bands, is_assumed = reader.bands(stars, of_stars[name], old)
            new = replace(new, bands=bands, bands_assumed=is_assumed)
        if name not in of_items and name not in of_stars:
            continue
        is_same = same_content(old, new)
        kept = old if is_same else new
        changes.append(
            ListChange(
                name=name,
                words=kept.words,
                action="same" if is_same else "create",
                version=kept.version,
                items=len(kept.items),
                open_items=kept.open_items,
            )
        )
        text = text if is_same else with_scheme(text, new)
    _refuse(table, reader.problems, is_empty=not changes)
    left = (*table.left, *(stars.left if stars is not None else ()))
    return ListPlan(source=path, kind="schemes", changes=tuple(changes), text=text, left_columns=left)


def _plan_words(profile: Profile, path: Path, ticket: Ticket | None) -> ListPlan:
    table = read_list(path, NAME_COLUMNS, ("of", "id", "zh"), template_names.NAMES, ticket)
    problems: list[Problem] = []
    text = profile.text
    changes: list[ListChange] = []
    seen: set[tuple[str, str]] = set()
    for row in table.rows:
        of, name, zh = row.text("of"), row.text("id"), row.text("zh")
        choices = of.removeprefix("choices.")
        before = _named(profile, of, name)
        wrong = _wrong_name(profile, table, row, seen)
        if wrong is not None:
            problems.append(wrong)
            continue
        seen.add((of, name))
        words = (
            before
            if not zh
            else Text(zh, row.text("en") or (before.en if before and zh == before.zh else zh))
        )
        if words is None:
            continue
        action = "same" if words == before else "create" if before is None else "change"
        changes.append(ListChange(name=f"{of}.{name}", words=words, action=action))
        if action == "same":
            continue
        if of == "facts":
            text = with_fact_words(text, profile.facts[name], words)
        else:
            text = with_choice_words(text, choices, name, words)
    _refuse(table, problems, is_empty=not changes)
    return ListPlan(source=path, kind="words", changes=tuple(changes), text=text, left_columns=table.left)


def _named(profile: Profile, of: str, name: str) -> Text | None:
    """Return the words of a fact or choice, None where there is none."""
    if of == "facts":
        spec = profile.facts.get(name)
        return None if spec is None else spec.words
    return profile.choices.get(of.removeprefix("choices."), {}).get(name)


def _wrong_name(
    profile: Profile, table: ListTable, row: ListRow, seen: set[tuple[str, str]]
) -> Problem | None:
    """Return what is wrong with a row that names a fact or choice, or None."""
    of, name, zh = row.text("of"), row.text("id"), row.text("zh")
    if of != "facts" and of.removeprefix("choices.") not in profile.choices:
        known = ", ".join(["facts", *(f"choices.{choices}" for choices in profile.choices)])
        return table.problem(row, "of", Text(f"没有 {of!r}。有：{known}。", f"There is no {of!r}: {known}."))
    if of == "facts" and name not in profile.facts:
        return table.problem(row, "id", Text(f"没有事实 {name!r}。", f"There is no fact {name!r}."))
    if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum() or len(name) > 40:
        said = Text("代码只用英文字母、数字和“_”。", "An id has letters, digits and _ only.")
        return table.problem(row, "id", said)
    if (of, name) in seen:
        return table.problem(row, "id", Text(f"{of}.{name} 出现了两次。", f"{of}.{name} is given twice."))
    if any(ord(letter) < 32 for letter in zh + row.text("en")) or len(zh) > 100:
        return table.problem(
            row, "zh", Text("名称太长，或有控制字符。", "The words are too long, or hold control characters.")
        )
    if of == "facts" and profile.facts[name].type == "text" and is_personal_heading(normalised(zh)):
        said = Text(
            "这个名称说的是个人信息，台账不收。", "These words name personal data, which is not kept."
        )
        return table.problem(row, "zh", said)
    return None


def _refuse(table: ListTable, problems: Sequence[Problem], *, is_empty: bool) -> None:
    """Raise InvalidInput with every problem, or where a list says nothing."""
    found = list(problems)
    if is_empty and not found:
        found = [table.problem(None, None, Text("没有一行内容。", "There is no row."))]
    if found:
        first, count = found[0].message, len(found)
        more, more_en = (f"（共 {count} 处）", f" ({count} in all)") if count > 1 else ("", "")
        raise InvalidInput(
            Text(f"{table.file}：{first.zh}{more}", f"{table.file}: {first.en}{more_en}"), tuple(found)
        )


def open_names(profile: Profile) -> list[tuple[str, str, Text, bool]]:
    """Return (of, id, words, is open) of every fact and choice beside which words are open."""
    groups = {fact.group for fact in profile.facts.values() if is_open(fact.words)}
    found = [
        ("facts", fact.key, fact.words, is_open(fact.words))
        for fact in profile.facts.values()
        if fact.group in groups
    ]
    for name, values in profile.choices.items():
        if any(is_open(words) for words in values.values()):
            found += [(f"choices.{name}", code, words, is_open(words)) for code, words in values.items()]
    return found
