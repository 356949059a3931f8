"""What a registry refuses: checked on the edits of one change before anything is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import shapely

from app.domain.codes.codes import normal_code, normal_credit_code
from app.domain.edits import Put
from app.domain.field_words import field_words
from app.domain.kinds import KINDS, FieldType
from app.domain.personal import newly_personal
from app.domain.record import fact_code
from app.domain.rules.declared import problems_of_declared, reward_problem
from app.domain.rules.pairs import overlaps_of
from app.domain.rules.said import missing_text, why_broken
from app.domain.rules.tasks import problems_of_task
from app.domain.values import read_fact
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

# rows that belong to another record and leave with it
OWNED: Final = {kind.name: kind.leaves_with for kind in KINDS.values() if kind.leaves_with}


def owned_by(dataset: Dataset, code: str) -> list[Record]:
    """Return the rows that belong to a record: its facts, counts, scores, attachments, engagements, relations."""
    rows = (
        row
        for kind, fields in OWNED.items()
        for field in fields
        for row in dataset.children(kind, field, code)
    )
    return list({row.id: row for row in rows}.values())


def problems_of(
    dataset: Dataset, edits: Sequence[Edit], profile: Profile, *, is_return: bool = False
) -> list[tuple[int, Problem]]:
    """Return every reason to refuse ``edits``, each with the place of its edit in the sequence.

    All of reference 2's refusals: references, choices, periods, check characters, outlines, counts, overlaps
    of the same attachment or engagement, cycles; codes that are taken or were used before; personal numbers,
    except where an undo or redo brings back (``is_return``) what the journal holds anyway.
    """
    return _Check(dataset, edits, profile, is_return=is_return).problems()


class _Check:
    def __init__(self, dataset: Dataset, edits: Sequence[Edit], profile: Profile, *, is_return: bool) -> None:
        self._dataset, self._edits, self._profile = dataset, edits, profile
        self._is_return = is_return
        self._found: list[tuple[int, Problem]] = []
        self._put: dict[str, Record] = {e.record.code: e.record for e in edits if isinstance(e, Put)}
        self._gone = {e.record.code for e in edits if not isinstance(e, Put)}

    def problems(self) -> list[tuple[int, Problem]]:
        seen: dict[str, int] = {}
        for place, edit in enumerate(self._edits):
            if isinstance(edit, Put):
                self._check_code(place, edit, seen)
                self._check_record(place, edit.record)
                if not self._is_return:
                    for column, private in newly_personal(edit.record, edit.before):
                        self._wrong(place, private, column)  # what was typed is not said again
            else:
                self._check_removal(place, edit.record)
        self._check_outlines()
        if not self._is_return:
            self._check_tasks()
        self._check_pairs()
        self._check_cycles()
        return sorted(self._found, key=lambda found: found[0])

    def _record(self, code: str) -> Record | None:
        if code in self._put:
            return self._put[code]
        return None if code in self._gone else self._dataset.find(code)

    def _wrong(self, place: int, message: Text, column: str | None = None, value: object = None) -> None:
        code = self._edits[place].record.code
        shown = None if value is None else str(value)
        self._found.append((place, Problem(message=message, code=code, column=column, value=shown)))

    def _check_code(self, place: int, edit: Put, seen: dict[str, int]) -> None:
        record = edit.record
        if record.code in seen:
            self._wrong(
                place,
                Text(f"{record.code} 出现了两次。", f"{record.code} is given twice."),
                "code",
                record.code,
            )
        seen[record.code] = place
        if edit.before is None and KINDS[record.kind].coded:
            try:
                normal_code(record.kind, record.code)
            except InvalidInput as error:
                self._wrong(place, error.message, "code", record.code)
            other = self._dataset.find(record.code)
            if other is not None and record.code not in self._gone:
                words = KINDS[other.kind].words
                self._wrong(
                    place,
                    Text(
                        f"{record.code} 已经是一个{words.zh}的代码。", f"{record.code} is taken ({words.en})."
                    ),
                    "code",
                    record.code,
                )
            elif (
                record.code in self._dataset.retired
                and record.version == 1
                and self._dataset.unmade.get(record.code, ("",))[0] != record.kind
            ):
                self._wrong(
                    place,
                    Text(
                        f"{record.code} 用过，代码不再用第二次。",
                        f"{record.code} was used before; codes are never used again.",
                    ),
                    "code",
                    record.code,
                )

    def _check_record(self, place: int, record: Record) -> None:
        if record.valid_from and record.valid_until and record.valid_from > record.valid_until:
            self._wrong(
                place,
                Text(
                    f"第一天 {record.valid_from} 在最后一天 {record.valid_until} 之后。",
                    f"The first day {record.valid_from} is after the last day {record.valid_until}.",
                ),
                "valid_until",
                record.valid_until,
            )
        for field, value in zip(KINDS[record.kind].fields, record.values, strict=True):
            if value is None:
                if field.required:
                    self._wrong(place, missing_text(field, self._profile), field.name)
                continue
            if field.type is FieldType.REFERENCE:
                self._check_reference(place, record, field.name, field.to, str(value))
            elif field.type is FieldType.CHOICE and value not in self._profile.choices[field.choices]:
                known = ", ".join(self._profile.choices[field.choices])
                self._wrong(
                    place,
                    Text(f"没有 {value!r}。可以写：{known}。", f"No such choice: {value!r}. Known: {known}."),
                    field.name,
                    value,
                )
            elif (
                field.type in (FieldType.COUNT, FieldType.NUMBER)
                and isinstance(value, int | float)
                and (value < 0 or not math.isfinite(value))
            ):
                self._wrong(
                    place,
                    Text(f"{field.words.zh}不能是 {value}。", f"{field.name} can't be {value}."),
                    field.name,
                    value,
                )
        match record.kind:
            case "facts":
                self._check_fact(place, record)
            case "households":
                self._at_most(place, record, "matched", "imported")
                self._at_most(place, record, "surveyed", "households")
            case "firms" if record.get("credit_code") is not None:
                try:
                    normal_credit_code(record.get("credit_code"))
                except InvalidInput as error:
                    self._wrong(place, error.message, "credit_code", record.get("credit_code"))
            case "cases" | "entries":
                self._check_case(place, record)
            case "assessments" | "links":
                for column, message in problems_of_declared(record, self._record, self._profile):
                    self._wrong(place, message, column, record.said(column))

    def _check_case(self, place: int, record: Record) -> None:
        if (record.get("compound") is None) == (record.get("community") is None):
            self._wrong(
                place,
                Text("小区和社区要写一个，只写一个。", "Give either the compound or the community."),
                "compound",
            )
        opened, closed = record.get("opened"), record.get("closed")
        if opened is not None and closed is not None and str(closed) < str(opened):
            self._wrong(
                place,
                Text(f"办结 {closed} 早于登记 {opened}。", f"Closed {closed} before it was opened {opened}."),
                "closed",
                closed,
            )

    def _at_most(self, place: int, record: Record, part: str, whole: str) -> None:
        a, b = record.get(part), record.get(whole)
        if isinstance(a, int) and isinstance(b, int) and a > b:
            self._wrong(
                place,
                Text(f"{part} {a} 大于 {whole} {b}。", f"{part} {a} is more than {whole} {b}."),
                part,
                a,
            )

    def _check_reference(self, place: int, record: Record, name: str, to: tuple[str, ...], code: str) -> None:
        other = self._record(code)
        if other is None:
            kinds = Text("、".join(KINDS[k].words.zh for k in to), " or ".join(KINDS[k].words.en for k in to))
            self._wrong(
                place,
                Text(
                    f"没有代码是 {code} 的{kinds.zh}。先登记它，或改正代码。",
                    f"There is no {kinds.en} {code}. Register it first, or correct the code.",
                ),
                name,
                code,
            )
        elif other.kind not in to:
            self._wrong(
                place,
                Text(
                    f"{code} 是{KINDS[other.kind].words.zh}，这里不能用。",
                    f"{code} is one of {KINDS[other.kind].words.en}; that can't stand here.",
                ),
                name,
                code,
            )
        elif record.kind == "engagements" and other.kind == "buildings" and other.get("compound") is not None:
            self._wrong(
                place,
                Text(
                    f"{code} 属于小区 {other.get('compound')}，服务关系登记在小区上。",
                    f"{code} belongs to compound {other.get('compound')}; engage the compound.",
                ),
                name,
                code,
            )

    def _check_fact(self, place: int, record: Record) -> None:
        subject = self._record(record.text("subject"))
        spec = self._profile.facts.get(record.text("key"))
        if record.valid_from is None:
            self._wrong(place, Text("事实要有第一天。", "A fact needs a first day."), "valid_from")
        if spec is None or (subject is not None and subject.kind not in spec.of):
            known = ", ".join(
                s.key for s in self._profile.facts.values() if subject is None or subject.kind in s.of
            )
            self._wrong(
                place,
                Text(
                    f"这里没有事实 {record.text('key')!r}。有：{known}。",
                    f"No fact {record.text('key')!r} here. Known: {known}.",
                ),
                "key",
                record.text("key"),
            )
            return
        try:
            read_fact(spec, record.text("value"), self._profile)
        except InvalidInput as error:
            self._wrong(place, error.message, record.text("key"), record.text("value"))
            return
        reward = reward_problem(record, lambda key: self._fact_beside(record, key), self._profile)
        if reward is not None:
            self._wrong(place, reward, record.text("key"), record.text("value"))

    def _fact_beside(self, fact: Record, key: str) -> Record | None:
        """Return the fact of another key that holds on this one's first day, edits included."""
        if fact.valid_from is None:
            return None
        subject = fact.text("subject")
        found = self._put.get(fact_code(subject, key, fact.valid_from))
        return found or self._dataset.fact_on(subject, key, fact.valid_from)

    def _check_removal(self, place: int, record: Record) -> None:
        users = [
            other
            for other in referring(self._dataset, record)
            if other.code not in self._gone and other.code not in self._put
        ]
        if users:
            named, more = [self._words_for(other) for other in users[:5]], "…" if len(users) > 5 else ""
            zh, en = "、".join(one.zh for one in named), ", ".join(one.en for one in named)
            self._wrong(
                place,
                Text(
                    f"{record.code} 还被 {len(users)} 条记录用着：{zh}{more}。先改它们。",
                    f"{record.code} is still used by {len(users)} records: {en}{more}. Change them first.",
                ),
                "code",
                record.code,
            )

    def _words_for(self, record: Record) -> Text:
        """Return what a record is called in a sentence; a fact's code is the program's own, so its words and day."""
        if record.kind != "facts":
            return Text(record.code, record.code)
        words = field_words("facts", record.text("key"), self._profile)
        day = "" if record.valid_from is None else f" {record.valid_from}"
        return Text(f"{words.zh}{day}", f"{words.en}{day}")

    def _check_outlines(self) -> None:
        for place, edit in enumerate(self._edits):
            if (
                isinstance(edit, Put)
                and (shape := edit.record.geometry) is not None
                and (edit.before is None or edit.before.geometry is not shape)
            ):
                message = outline_problem(edit.record.kind, shape)
                if message is not None:
                    self._wrong(place, message, "geometry")

    def _check_tasks(self) -> None:
        beside: dict[str, list[Record]] = {}
        for place, edit in enumerate(self._edits):
            if isinstance(edit, Put) and edit.record.kind == "tasks":
                others = beside.setdefault(edit.record.text("subject"), [])
                for column, message in problems_of_task(
                    edit, self._record, self._profile, self._dataset, others
                ):
                    self._wrong(place, message, column, edit.record.said(column))
                others.append(edit.record)

    def _check_pairs(self) -> None:
        for place, column, message in overlaps_of(
            self._dataset, self._edits, self._put, self._gone, self._profile
        ):
            self._wrong(place, message, column)

    def _check_cycles(self) -> None:
        for place, edit in enumerate(self._edits):
            name = KINDS[edit.record.kind].chain
            if not isinstance(edit, Put) or not name:
                continue
            seen = {edit.record.code}
            above = edit.record.get(name)
            while above is not None:
                if above in seen:
                    self._wrong(
                        place,
                        Text(f"{name} 绕成了圈：{above}。", f"{name} runs in a circle at {above}."),
                        name,
                        above,
                    )
                    break
                seen.add(str(above))
                record = self._record(str(above))
                if record is None or record.kind != edit.record.kind:  # refused as a reference
                    break
                above = record.get(name)


def outline_problem(kind: str, shape: BaseGeometry) -> Text | None:
    """Return why ``shape`` (degrees) can't be the outline of a record of ``kind``, or None."""
    allowed = KINDS[kind].shape.types
    if shape.is_empty:
        return Text("轮廓是空的。", "The outline is empty.")
    if shape.geom_type not in allowed:
        return Text(
            f"轮廓要是 {'、'.join(allowed)}，这里是 {shape.geom_type}。",
            f"The outline must be {' or '.join(allowed)}; this is {shape.geom_type}.",
        )
    west, south, east, north = shape.bounds
    if not (
        math.isfinite(west + south + east + north)
        and -180 <= west <= east <= 180
        and -90 <= south <= north <= 90
    ):
        return Text(
            "坐标不是经纬度（先经度后纬度，单位度）。", "The coordinates are not degrees, longitude first."
        )
    if not shapely.is_valid(shape):
        return why_broken(shape)
    return None


def referring(dataset: Dataset, record: Record) -> list[Record]:
    """Return the records that refer to ``record``, whatever their kind."""
    found: list[Record] = []
    for kind in KINDS.values():
        for field in kind.fields:
            if field.type is FieldType.REFERENCE and record.kind in field.to:
                found += dataset.children(kind.name, field.name, record.code)
    return found
