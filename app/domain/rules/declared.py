"""What a profile's declarations refuse: scores above the maximum, relations that aren't, rewards above the share."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.period import periods_overlap
from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.domain.profile.declared import Relation, Scheme
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

    Find = Callable[[str], Record | None]

_EXACT: Final = 1e-9


def completed(record: Record, profile: Profile) -> Record:
    """Return a new record with what follows from the profile: a scheme's version, a post by its code."""
    if record.kind == "assessments" and record.get("scheme_version") is None:
        scheme = profile.scheme(record.text("scheme"))
        return record if scheme is None else record.with_values(scheme_version=scheme.version)
    if record.kind == "links" and record.get("role") is not None:
        relation = profile.relations.get(record.text("relation"))
        if relation is not None and relation.roles:
            written = record.text("role")
            for code, words in profile.choices[relation.roles].items():
                if written.lower() in (code.lower(), words.zh, words.en.lower()):
                    return record.with_values(role=code)
    return record


def problems_of_declared(record: Record, find: Find, profile: Profile) -> Iterator[tuple[str, Text]]:
    """Return (column, message) for everything in an assessment or a relation that the profile refuses."""
    if record.kind == "assessments":
        yield from _assessment(record, find, profile)
    else:
        yield from _link(record, find, profile)


def _assessment(record: Record, find: Find, profile: Profile) -> Iterator[tuple[str, Text]]:
    name, version = record.text("scheme"), record.get("scheme_version")
    scheme = profile.scheme(name, version if isinstance(version, int) else None)
    if scheme is None:
        known = ", ".join(s.label for versions in profile.schemes.values() for s in versions)
        label = name if version is None else f"{name}@{version}"
        yield (
            "scheme",
            Text(
                f"没有评价办法 {label!r}。有：{known or '一个也没有'}。",
                f"There is no scheme {label!r}: {known or 'none'}.",
            ),
        )
        return
    yield from _score(record, scheme)
    subject = find(record.text("subject"))
    on = record.get("on")
    if subject is None or not isinstance(on, date):
        return  # told already
    if subject.kind not in scheme.of or (
        subject.kind == "compounds"
        and scheme.kinds
        and str(subject.on("kind", on) or "unknown") not in scheme.kinds
    ):
        kinds = profile.choices["compound_kind"]
        meant = (
            [KINDS[kind].words for kind in scheme.of]
            if not scheme.kinds
            else [kinds[k] for k in scheme.kinds]
        )
        zh, en = "、".join(words.zh for words in meant), ", ".join(words.en for words in meant)
        yield (
            "subject",
            Text(
                f"“{scheme.words.zh}”只评{zh}，{subject.code} 不是。",
                f"'{scheme.words.en}' is for {en}; {subject.code} is not one.",
            ),
        )
    if not subject.is_in_force(on):
        span = f"{subject.valid_from or '…'} – {subject.valid_until or '…'}"
        yield (
            "on",
            Text(
                f"{on} 这天 {subject.code} 不在期（{span}）。改评分日期。",
                f"{subject.code} is not in force on {on} ({span}). Correct the day.",
            ),
        )


def _score(record: Record, scheme: Scheme) -> Iterator[tuple[str, Text]]:
    item, score = scheme.item(record.text("item")), record.get("score")
    if item is None:
        ids = [one.id for one in scheme.items]
        known = ", ".join(ids) if len(ids) <= 20 else f"{ids[0]} … {ids[-1]}"
        yield (
            "item",
            Text(
                f"{scheme.label} 没有第 {record.text('item')!r} 项。有：{known}。",
                f"{scheme.label} has no item {record.text('item')!r}: {known}.",
            ),
        )
    elif isinstance(score, int | float) and score > item.maximum + _EXACT:
        yield (
            "score",
            Text(
                f"{score:g} 超过“{item.words.zh}”的满分 {item.maximum:g}。",
                f"{score:g} is above the maximum {item.maximum:g} of '{item.words.en}'.",
            ),
        )


def _link(record: Record, find: Find, profile: Profile) -> Iterator[tuple[str, Text]]:
    relation = profile.relations.get(record.text("relation"))
    if relation is None:
        known = "、".join(f"{r.words.zh}（{r.id}）" for r in profile.relations.values())
        yield (
            "relation",
            Text(
                f"没有关系 {record.text('relation')!r}。可以写：{known}。",
                f"No such relation: {record.text('relation')!r}. Known: {', '.join(profile.relations)}.",
            ),
        )
        return
    yield from _ends(record, relation, find)
    role = record.get("role")
    if role is not None and relation.roles and role not in profile.choices[relation.roles]:
        posts = profile.choices[relation.roles]
        known = "、".join(f"{words.zh}（{code}）" for code, words in posts.items())
        yield (
            "role",
            Text(
                f"没有岗位 {role!r}。可以写：{known}。", f"No such post: {role!r}. Known: {', '.join(posts)}."
            ),
        )


def _ends(record: Record, relation: Relation, find: Find) -> Iterator[tuple[str, Text]]:
    for column, kinds in (("subject", relation.of), ("to", relation.to)):
        end = find(record.text(column))
        if end is None:
            continue  # told already
        if end.kind not in kinds:
            meant = [KINDS[kind].words for kind in kinds]
            zh, en = "或".join(words.zh for words in meant), " or ".join(words.en for words in meant)
            yield (
                column,
                Text(
                    f"“{relation.words.zh}”这里要{zh}，{end.code} 是{KINDS[end.kind].words.zh}。",
                    f"'{relation.words.en}' takes {en} here; {end.code} is one of {KINDS[end.kind].words.en}.",
                ),
            )
        elif not periods_overlap(record.valid_from, record.valid_until, end.valid_from, end.valid_until):
            span = f"{end.valid_from or '…'} – {end.valid_until or '…'}"
            yield (
                "valid_from",
                Text(
                    f"日期在 {end.code} 的存续期（{span}）之外。",
                    f"The dates lie outside those of {end.code} ({span}).",
                ),
            )


def reward_keys(profile: Profile) -> frozenset[str]:
    """Return the facts that ``reward_problem`` holds against one another."""
    schemes = (versions[-1] for versions in profile.schemes.values())
    return frozenset(key for one in schemes for key in (one.reward_fact, one.firm_reward_fact))


def reward_problem(fact: Record, other_of: Callable[[str], Record | None], profile: Profile) -> Text | None:
    """Return why a reward can't stand: more of it to the firm than the scheme allows.

    ``other_of`` returns the fact of another key that holds on the first day of ``fact``.
    """
    for versions in profile.schemes.values():
        scheme = versions[-1]
        keys = (scheme.reward_fact, scheme.firm_reward_fact)
        if scheme.firm_share is None or fact.text("key") not in keys or "" in keys:
            continue
        amounts = []
        for key in keys:
            holder = fact if fact.text("key") == key else other_of(key)
            try:
                amounts.append(None if holder is None else float(holder.text("value")))
            except (ValueError, InvalidInput):
                return None  # told as a wrong value
        whole, firm = amounts
        if firm is None or (whole is not None and firm <= whole * scheme.firm_share + _EXACT):
            continue
        if whole is None:
            return Text(
                "先写小区的奖励，再写其中给企业的。",
                "Give the compound's reward before the firm's part of it.",
            )
        return Text(
            f"给企业 {firm:g} 元超过奖励 {whole:g} 元的 {scheme.firm_share:.0%}（最多 {whole * scheme.firm_share:g} 元）。",
            f"{firm:g} yuan to the firm is more than {scheme.firm_share:.0%} of the reward of {whole:g} (at most {whole * scheme.firm_share:g}).",
        )
    return None
