"""Assess a record by a declared scheme: one sheet of scores is one change; what is missing stays unknown."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.period import today
from app.domain.record import make_record
from app.domain.values import is_empty
from app.errors import InvalidInput, Problem
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.profile.declared import Scheme, SchemeItem
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.services.registry.registry import Registry


def assess(
    registry: Registry,
    subject: str,
    scheme_id: str,
    scores: Mapping[str, object],
    *,
    on: date | None = None,
    why: str | None = None,
) -> Changes:
    """Write one assessment of a day, by the newest version of a scheme, as one change.

    ``scores``: item id → score as a user writes it; an empty one is "not assessed", and takes back what was
    scored on that very day. Raises InvalidInput for an unknown scheme or item, a record that the scheme is
    not for, a score below zero or above the item's maximum; nothing is written then.
    """
    day = on or today()

    def build(dataset: Dataset) -> list[Edit]:
        record = record_called(dataset, subject)
        scheme = scheme_for(registry.profile, record, scheme_id, day)
        return _edits(dataset, record, scheme, read_scores(scheme, scores), day)

    return registry.write(build, verb="assess", why=why)


def scheme_for(profile: Profile, record: Record, scheme_id: str, day: date) -> Scheme:
    """Return the newest version of a scheme; InvalidInput where there is none, or it is not for this record then."""
    scheme = profile.scheme(scheme_id)
    if scheme is None:
        known = ", ".join(profile.schemes) or "—"
        raise InvalidInput(
            Text(
                f"口径 {profile.label} 没有评价办法 {scheme_id!r}。有：{known}。",
                f"The profile {profile.label} has no scheme {scheme_id!r}. Known: {known}.",
            ),
            (Problem(message=Text("没有这个评价办法", "no such scheme"), column="scheme", value=scheme_id),),
        )
    own = str(record.on("kind", day) or "unknown") if "kind" in KINDS[record.kind].index else ""
    if scheme not in profile.schemes_for(record.kind, own):
        words = KINDS[record.kind].words
        raise InvalidInput(
            Text(
                f"“{scheme.words.zh}”不评 {record.code}（{words.zh}{'，' + own if own else ''}）。",
                f"'{scheme.words.en}' is not for {record.code} ({words.en}{', ' + own if own else ''}).",
            ),
            (Problem(message=Text("不适用", "not for it"), code=record.code, column="scheme"),),
        )
    return scheme


def read_scores(scheme: Scheme, scores: Mapping[str, object]) -> dict[str, float | None]:
    """Return scores by item id, None where not assessed; every wrong one is told at once."""
    read: dict[str, float | None] = {}
    problems: list[Problem] = []
    for item_id, raw in scores.items():
        item = scheme.item(item_id)
        if item is None:
            known = ", ".join(known.id for known in scheme.items)
            message = Text(f"没有项目 {item_id!r}。有：{known}。", f"no item {item_id!r}; there are: {known}")
            problems.append(Problem(message=message, column=item_id, value=str(raw)))
            continue
        try:
            read[item_id] = read_score(item, raw)
        except InvalidInput as error:
            problems.append(Problem(message=error.message, column=item_id, value=str(raw)))
    if problems:
        first, count = problems[0], len(problems)
        more = (f"（共 {count} 处）", f" ({count} in all)") if count > 1 else ("", "")
        raise InvalidInput(
            Text(
                f"{first.column}：{first.message.zh}{more[0]}",
                f"{first.column}: {first.message.en}{more[1]}",
            ),
            tuple(problems),
        )
    return read


def read_score(item: SchemeItem, raw: object) -> float | None:
    """Return the score that ``raw`` says for an item; None for an empty one."""
    if is_empty(raw):
        return None
    try:
        score = float(str(raw).strip().replace("，", ".").replace(",", "."))
    except ValueError:
        score = float("nan")
    if not 0 <= score <= item.maximum:
        raise InvalidInput(
            Text(
                f"{raw} 不行：写 0 到 {item.maximum:g} 的分数，没评就空着。",
                f"{raw} won't do: write a score from 0 to {item.maximum:g}, or nothing if not assessed.",
            )
        )
    return score


def _edits(
    dataset: Dataset, record: Record, scheme: Scheme, scores: Mapping[str, float | None], day: date
) -> list[Edit]:
    known = {
        row.text("item"): row
        for row in dataset.children("assessments", "subject", record.code)
        if row.get("scheme") == scheme.id
        and row.get("on") == day
        and row.get("scheme_version") in (None, scheme.version)
    }
    if not known and all(score is None for score in scores.values()):
        message = Text("一项也没有评。至少给一项打分。", "No item is scored. Score at least one.")
        raise InvalidInput(message, (Problem(message=message, code=record.code),))
    maker = CodeMaker(dataset)
    edits: list[Edit] = []
    for item_id, score in scores.items():
        old = known.get(item_id)
        if old is not None:
            if old.get("score") != score:
                changed = old.with_values(score=score, scheme_version=scheme.version)
                edits.append(Put(changed._replace(version=old.version + 1), old))
        elif score is not None:
            edits.append(
                Put(
                    make_record(
                        "assessments",
                        str(uuid.uuid4()),
                        maker.make("assessments"),
                        subject=record.code,
                        scheme=scheme.id,
                        item=item_id,
                        score=score,
                        on=day,
                        scheme_version=scheme.version,
                    )
                )
            )
    return edits
