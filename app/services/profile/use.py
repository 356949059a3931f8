"""What the records of a registry rest on in its profile: no new profile may take that away."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, FieldType
from app.domain.values import read_fact
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.dataset import Dataset
    from app.domain.profile.declared import FactSpec, Scheme
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

_EXACT: Final = 1e-9


def problems_of_profile(dataset: Dataset, old: Profile, new: Profile) -> tuple[Problem, ...]:
    """Return one problem for each thing that records rest on and ``new`` drops: how many records, and the first."""
    users: dict[Text, list[Record]] = defaultdict(list)
    for kind in KINDS:
        for record in dataset.of(kind).values():
            for said in _rests_on(dataset, record, new):
                users[said].append(record)
    for scheme, records in _assessed(dataset, old).items():
        changed = _changed(scheme, new.scheme(scheme.id, scheme.version))
        if changed is not None:
            users[changed] += records
    found = []
    for said, records in users.items():
        first = min(records, key=lambda record: record.code)
        code = first.code if KINDS[first.kind].coded else first.text("subject")
        count = len(records)
        found.append(
            Problem(
                message=Text(
                    f"{said.zh}，而 {count} 条{KINDS[first.kind].words.zh}用着，第一条是 {code}。先改它们，或在口径里留着。",
                    f"{said.en}, and {count} {KINDS[first.kind].words.en.lower()} use it, first {code}. Change them first, or keep it in the profile.",
                ),
                code=code,
            )
        )
    return tuple(found)


def must_not_rest(dataset: Dataset, old: Profile, new: Profile) -> None:
    """Raise InvalidInput if records rest on something that ``new`` drops."""
    problems = problems_of_profile(dataset, old, new)
    if problems:
        more = f"（共 {len(problems)} 处）" if len(problems) > 1 else ""
        more_en = f" ({len(problems)} in all)" if len(problems) > 1 else ""
        first = problems[0].message
        raise InvalidInput(
            Text(f"口径没有换：{first.zh}{more}", f"The profile stays: {first.en}{more_en}"), problems
        )


def _rests_on(dataset: Dataset, record: Record, new: Profile) -> Iterator[Text]:
    """Yield what a record needs and ``new`` does not have."""
    for field in KINDS[record.kind].fields:
        if field.type is not FieldType.CHOICE:
            continue
        known = new.choices.get(field.choices, {})
        held = {record.get(field.name), *(value for _, value in record.past.get(field.name, ()))}
        for value in held - {None}:
            if value not in known:
                name = f"choices.{field.choices}.{value}"
                yield Text(f"新口径没有选项 {name}", f"The new profile has no choice {name}")
    match record.kind:
        case "facts":
            yield from _fact(dataset, record, new)
        case "assessments":
            yield from _assessment(record, new)
        case "links":
            yield from _link(dataset, record, new)


def _fact(dataset: Dataset, record: Record, new: Profile) -> Iterator[Text]:
    key, value = record.text("key"), record.text("value")
    spec = new.facts.get(key)
    subject = dataset.find(record.text("subject"))
    if spec is None:
        yield Text(f"新口径没有事实 {key}", f"The new profile has no fact {key}")
    elif subject is not None and subject.kind not in spec.of:
        words = KINDS[subject.kind].words
        yield Text(
            f"新口径的事实 {key} 不再属于{words.zh}",
            f"In the new profile {words.en.lower()} have no fact {key}",
        )
    elif not _is_readable(spec, value, new):
        yield Text(
            f"新口径的事实 {key} 容不下已登记的值",
            f"In the new profile the fact {key} can't have the values that are registered",
        )


def _is_readable(spec: FactSpec, value: str, profile: Profile) -> bool:
    """Whether a kept value is one of the fact's, written as the registry would write it."""
    if spec.type == "answer":
        return value in ("yes", "no", "unknown")
    if spec.type == "choice":
        return value in profile.choices[spec.choices]
    try:
        return read_fact(spec, value, profile) == value
    except InvalidInput:
        return False


def _assessment(record: Record, new: Profile) -> Iterator[Text]:
    version = record.get("scheme_version")
    scheme = new.scheme(record.text("scheme"), version if isinstance(version, int) else None)
    if scheme is None:
        label = record.text("scheme") + ("" if version is None else f"@{version}")
        yield Text(f"新口径没有评价办法 {label}", f"The new profile has no scheme {label}")
    elif (item := scheme.item(record.text("item"))) is None:
        label = f"{scheme.label} {record.text('item')}"
        yield Text(f"新口径没有评价项 {label}", f"The new profile has no item {label}")
    else:
        score = record.get("score")
        if isinstance(score, int | float) and score > item.maximum + _EXACT:
            yield Text(
                f"新口径里 {scheme.label} {item.id} 的满分只有 {item.maximum:g}",
                f"In the new profile {scheme.label} {item.id} has a maximum of {item.maximum:g} only",
            )


def _link(dataset: Dataset, record: Record, new: Profile) -> Iterator[Text]:
    relation = new.relations.get(record.text("relation"))
    if relation is None:
        name = record.text("relation")
        yield Text(f"新口径没有关系 {name}", f"The new profile has no relation {name}")
        return
    for column, kinds in (("subject", relation.of), ("to", relation.to)):
        end = dataset.find(record.text(column))
        if end is not None and end.kind not in kinds:
            words = KINDS[end.kind].words
            yield Text(
                f"新口径的关系 {relation.id} 不再接{words.zh}",
                f"In the new profile the relation {relation.id} takes no {words.en.lower()}",
            )
    role = record.get("role")
    if role is not None and relation.roles and role not in new.choices[relation.roles]:
        yield Text(
            f"新口径的关系 {relation.id} 没有岗位 {role}",
            f"In the new profile the relation {relation.id} has no post {role}",
        )


def _assessed(dataset: Dataset, old: Profile) -> dict[Scheme, list[Record]]:
    """Return the versions of schemes under which assessments were made, with those."""
    found: dict[Scheme, list[Record]] = defaultdict(list)
    for record in dataset.of("assessments").values():
        version = record.get("scheme_version")
        scheme = old.scheme(record.text("scheme"), version if isinstance(version, int) else None)
        if scheme is not None:
            found[scheme].append(record)
    return found


def _changed(old: Scheme, new: Scheme | None) -> Text | None:
    """Return what makes the same scores count otherwise in a version of the same number, or None. Words may change."""
    if new is None:
        return None  # told of each assessment

    def counts(scheme: Scheme) -> tuple[object, ...]:
        items = tuple((i.id, i.group, i.maximum, i.weight) for i in scheme.items)
        groups = tuple((g.id, g.weight) for g in scheme.groups)
        return items, groups, tuple((b.stars, b.at_least) for b in scheme.bands)

    if counts(old) == counts(new):
        return None
    return Text(
        f"{old.label} 的项目、分值或星级线改了，却还是同一个版本（改动要写成新版本）",
        f"Items, points or thresholds of {old.label} differ under the same version (give them a new one)",
    )
