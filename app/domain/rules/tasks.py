"""What is refused of a task: a rung that is skipped, a state without what it stands on, a second task for one gap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.tasks import (
    ASKED,
    OWNED,
    RETURNED,
    SETTLED,
    UNREACHABLE,
    acts_from,
    state_of,
)
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Put
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

_MADE: Final = re.compile(
    r"(station:[^:]+:[0-9.]+|fact:[^:]+(:[^:]+)?)"
)  # what app.coverage makes of a word and more
_FINDING: Final = re.compile(r"[a-z_]+:[0-9a-f]{12}")
_GIVES_REASON: Final = {RETURNED: "note", ASKED: "request"}


def problems_of_task(
    edit: Put,
    find: Callable[[str], Record | None],
    profile: Profile,
    dataset: Dataset,
    others: Sequence[Record],
) -> Iterator[tuple[str, Text]]:
    """Return (column, message) for all that a task's edit is refused for; ``others``: the tasks written beside it."""
    task, before = edit.record, edit.before
    yield from _about(task, before, profile)
    if before is None:
        yield from _held_already(task, dataset, others)
    else:
        subject, since = find(task.text("subject")), task.get("since")
        is_gone = subject is not None and subject.valid_until is not None
        is_gone = is_gone and (since is None or str(subject.valid_until) < str(since))  # type: ignore[union-attr]
        yield from _move(task, before, profile, is_gone=is_gone)
    yield from _stands_on(task, before)


def _move(task: Record, before: Record, profile: Profile, *, is_gone: bool) -> Iterator[tuple[str, Text]]:
    was, now = state_of(before), state_of(task)
    if was == now:
        if was in SETTLED and any(
            task.get(name) != before.get(name) for name in ("owner", "due", "granted_by", "request")
        ):
            yield "state", not_to_be_done(before, profile)
        return
    acts = acts_from(was, is_gone=is_gone)
    if not any(act.after == now for act in acts):
        yield "state", not_to_be_done(before, profile, is_gone=is_gone)
        return
    since, last = task.get("since"), before.get("since")
    if since is not None and last is not None and str(since) < str(last):
        yield "since", too_early(task, last)


def not_to_be_done(task: Record, profile: Profile, *, is_gone: bool = False) -> Text:
    """Return the refusal of an act that a task's state does not allow: where it stands, and what can be done."""
    state = profile.choices["task_state"].get(state_of(task), Text(state_of(task), state_of(task)))
    acts = acts_from(state_of(task), is_gone=is_gone)
    if not acts:
        return Text(
            f"{task.code} {state.zh}，不能再动。还有事就另出一件任务。",
            f"{task.code} is {state.en} and can't be moved. If more is to be done, make another task.",
        )
    return Text(
        f"{task.code} 现在是{state.zh}，可以：{'、'.join(act.words.zh for act in acts)}。",
        f"{task.code} is {state.en}; what can be done: {', '.join(act.words.en for act in acts)}.",
    )


def too_early(task: Record, last: object) -> Text:
    """Return the refusal of a day before a task's latest step."""
    return Text(
        f"早于 {task.code} 的上一步（{last}）。写 {last} 或以后的一天。",
        f"Before the latest step of {task.code} ({last}). Give that day or a later one.",
    )


def _about(task: Record, before: Record | None, profile: Profile) -> Iterator[tuple[str, Text]]:
    """Refuse ids of nothing: they are looked through for no personal number."""
    finding = task.text("finding")
    if finding and (before is None or before.get("finding") != finding) and not _FINDING.fullmatch(finding):
        yield (
            "finding",
            Text(
                "这不是核查结果的编号，如 unnamed:0123456789ab；check 列出现有的。",
                "That is no finding's id, such as unnamed:0123456789ab; check lists those there are.",
            ),
        )
    measure = task.text("measure")
    if not measure or (before is not None and before.get("measure") == measure):
        return
    if measure not in profile.measures and not _MADE.fullmatch(measure):
        known = ", ".join(profile.measures)
        yield (
            "measure",
            Text(f"没有指标 {measure!r}。有：{known}。", f"There is no measure {measure!r}: {known}."),
        )


def _held_already(task: Record, dataset: Dataset, others: Sequence[Record]) -> Iterator[tuple[str, Text]]:
    """Refuse a second task for one gap while the first is not settled."""
    if state_of(task) in SETTLED:
        return
    held = held_by((*dataset.children("tasks", "subject", task.text("subject")), *others), task)
    if held is not None:
        yield (
            "subject",
            Text(
                f"{task.text('subject')} 的这件事已有没结的任务 {held.code}。接着办那一件。",
                f"{task.text('subject')} has an unsettled task for this already, {held.code}. Go on with that one.",
            ),
        )


def held_by(tasks: Sequence[Record], wanted: Record) -> Record | None:
    """Return the unsettled task among some that is about the same gap or finding as another; None without one."""
    about = tuple(wanted.get(name) for name in ("subject", "measure", "finding"))
    if about[1] is None and about[2] is None:
        return None
    for one in tasks:
        if (
            one.code != wanted.code
            and state_of(one) not in SETTLED
            and tuple(one.get(name) for name in ("subject", "measure", "finding")) == about
        ):
            return one
    return None


def _stands_on(task: Record, before: Record | None) -> Iterator[tuple[str, Text]]:
    """Refuse a state without the post or the reason that it stands on."""
    state = state_of(task)
    if state in OWNED and not task.text("owner"):
        yield (
            "owner",
            Text(
                "写上由哪个岗位办（岗位，不是人名）。",
                "Say which post does it (a post, not a person's name).",
            ),
        )
    if state == UNREACHABLE and not task.text("granted_by"):
        yield "granted_by", Text("写上由哪个岗位准许。", "Say which post grants it.")
    column = _GIVES_REASON.get(state)
    moved = before is not None and state_of(before) != state
    if column is None or not moved or before is None:
        return
    if not (task.text(column) or task.text("note") or task.get("why") != before.get("why")):
        yield column, Text("写上为什么。", "Say why.")
