"""The edits a user makes by hand: add, set, remove, attach, detach. Each is one change, committed at once."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

from app.domain.codes.maker import CodeMaker
from app.domain.dated import with_outline, with_value_from
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY, read_day, today
from app.domain.record import Record, count_code, fact_code, make_record
from app.domain.rules.rules import owned_by
from app.domain.values import is_empty, read_fact
from app.errors import InvalidInput, Problem
from app.services.edit.attach_edits import attach_edits
from app.services.edit.typed_values import read_as, read_values
from app.services.registry.lookup import kind_named, no_such, record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.kinds import Kind
    from app.domain.place.reading import PlaceWarning
    from app.domain.profile.profile import Profile
    from app.services.registry.registry import Registry


def add(
    registry: Registry,
    kind: str,
    values: Mapping[str, object],
    *,
    why: str | None = None,
    reading: str | None = None,
) -> Changes:
    """Add one record from values by field name (text as a user writes it, or values).

    Compounds, grids, firms and stations also take their facts' keys, which hold from ``surveyed`` (default
    today). ``reading``: how its geometry is read (EPSG:n, swapped, gcj02, bd09). Raises InvalidInput for an unknown
    kind or field, or for any refusal of reference 2.
    """
    spec = kind_named(kind)
    if reading is not None:
        values = read_as(reading, values)

    def build(dataset: Dataset) -> list[Edit]:
        return new_record(dataset, registry.profile, spec, values)

    return registry.write(build, verb="add", why=why)


def new_record(dataset: Dataset, profile: Profile, spec: Kind, values: Mapping[str, object]) -> list[Edit]:
    """Return the edits that add a record with its facts."""
    given = dict(values)
    has_own = "surveyed" in spec.by_name or not profile.facts_of(spec.name)
    surveyed = None if has_own else given.pop("surveyed", None)
    first = today() if is_empty(surveyed) else read_day(surveyed)
    facts = {
        key: given.pop(key) for key in list(given) if key not in spec.by_name and _is_fact(profile, spec, key)
    }
    read = read_values(dataset, profile, spec, given)
    if spec.name == "compounds":
        read.setdefault("kind", "unknown")
    if spec.name == "facts":
        subject, key, value = (str(read.get(name) or "") for name in ("subject", "key", "value"))
        since = read.get("valid_from") or today()
        return [
            _fact_edit(
                dataset, profile, subject, key, value, since, read.get("valid_until"), read.get("source")
            )
        ]
    code = str(read.pop("code", None) or _made_code(dataset, spec, read))
    record = make_record(spec.name, str(uuid.uuid4()), code, **read)
    old = None if spec.coded else dataset.of(spec.name).get(code)
    if old is not None:
        return [Put(_merged(old, record), old)]
    edits: list[Edit] = [Put(record)]
    edits += [
        _new_fact(profile, record.kind, code, key, raw, first, None, record.source)
        for key, raw in facts.items()
        if not is_empty(raw)
    ]
    return edits


def _merged(old: Record, new: Record) -> Record:
    """Return a row with what ``new`` says, and what it leaves out as it was."""
    values = tuple(now if now is not None else was for now, was in zip(new.values, old.values, strict=True))
    return old._replace(
        values=values,
        valid_from=new.valid_from or old.valid_from,
        valid_until=new.valid_until or old.valid_until,
        source=new.source or old.source,
        version=old.version + 1,
    )


def set_values(
    registry: Registry,
    codes: Sequence[str],
    values: Mapping[str, object],
    *,
    since: date | None = None,
    until: date | None = None,
    why: str | None = None,
    reading: str | None = None,
) -> Changes:
    """Set fields and facts of one or many records as one change.

    Without ``since`` a field is corrected; with it, the old value stays before that day. Facts always have a
    first day (default today). An empty value clears a field. ``reading``: how a geometry is read, as in ``add``.
    """
    if reading is not None:
        values = read_as(reading, values)

    def build(dataset: Dataset) -> list[Edit]:
        edits: list[Edit] = []
        for code in dict.fromkeys(codes):
            record = record_called(dataset, code)
            edits += edits_for(dataset, registry.profile, record, values, since, until)
        return edits

    return registry.write(build, verb="set", why=why)


def edits_for(
    dataset: Dataset,
    profile: Profile,
    record: Record,
    values: Mapping[str, object],
    since: date | None,
    until: date | None,
) -> list[Edit]:
    """Return the edits that set one record's fields and facts; see ``set_values``."""
    spec = KINDS[record.kind]
    facts = {
        key: raw for key, raw in values.items() if key not in spec.by_name and _is_fact(profile, spec, key)
    }
    fields = {key: raw for key, raw in values.items() if key not in facts}
    edits: list[Edit] = []
    if "code" in fields:
        raise InvalidInput(
            Text("代码定了就不改。", "A code never changes."),
            (Problem(message=Text("code", "code"), code=record.code, column="code"),),
        )
    if fields:
        if until is not None and since is None:
            raise InvalidInput(Text("--until 要和 --from 一起写。", "--until needs --from."))
        _in_order(since, until)
        changed = record
        for name, value in read_values(dataset, profile, spec, fields, clears=True).items():
            if name in ("valid_from", "valid_until", "source"):
                changed = changed._replace(**{name: value})
            elif name == "geometry" and until is None:
                changed = with_outline(changed, value, since)
            elif since is not None:
                changed = with_value_from(changed, name, value, since, until)
            else:
                changed = changed.with_values(**{name: value})
        edits.append(Put(changed._replace(version=record.version + 1), record))
    for key, raw in facts.items():
        if is_empty(raw):
            raise InvalidInput(
                Text(
                    f"{key} 要写 有、无 或 未知；要撤回就用撤销。",
                    f"{key} needs a value: yes, no or unknown.",
                )
            )
        edits.append(_fact_edit(dataset, profile, record.code, key, raw, since or today(), until, None))
    return edits


def rest_no(
    registry: Registry, community: str, key: str, *, since: date | None = None, why: str | None = None
) -> Changes:
    """Answer "no" for every compound of a community whose ``key`` is not known: "the rest of this community: no"."""
    day = since or today()
    placed = registry.engine.derived_many("compounds", day)
    codes = [
        code
        for code, derived in placed.items()
        if community in (derived.community, derived.grid, derived.street)
    ]

    def build(dataset: Dataset) -> list[Edit]:
        return [
            _fact_edit(dataset, registry.profile, code, key, "no", day, None, None)
            for code in codes
            if (compound := dataset.find(code)) is not None
            and compound.is_in_force(day)
            and ((fact := dataset.fact_on(code, key, day)) is None or fact.text("value") == "unknown")
        ]

    return registry.write(build, verb="set", why=why)


def remove(registry: Registry, code: str, why: str) -> Changes:
    """Take a record out, with the facts, counts, attachments and engagements that are only about it."""
    _need_reason(why)

    def build(dataset: Dataset) -> list[Edit]:
        record = record_called(dataset, code)
        return [Remove(record), *(Remove(row) for row in owned_by(dataset, record.code))]

    return registry.write(build, verb="remove", why=why)


def attach(
    registry: Registry,
    what: str,
    to: Sequence[str],
    *,
    role: str | None = None,
    since: date | None = None,
    until: date | None = None,
    why: str | None = None,
    relation: str | None = None,
) -> Changes:
    """Attach an organisation, or engage a firm (``role`` is its stage, default contract), as one change.

    ``relation`` makes a declared relation instead; a department, alliance or zone makes the one there is. Starts today unless ``since``. First and last day are both included.
    """
    first = since or today()

    def build(dataset: Dataset) -> list[Edit]:
        subject = record_called(dataset, what)
        return attach_edits(dataset, registry.profile, subject, to, role, first, until, relation)

    return registry.write(build, verb="attach", why=why)


def add_and_attach(
    registry: Registry,
    kind: str,
    values: Mapping[str, object],
    to: Sequence[str],
    *,
    role: str | None = None,
    since: date | None = None,
    until: date | None = None,
    why: str | None = None,
) -> Changes:
    """Add an organisation or a firm and attach it, as one change that is taken back as one."""
    spec = kind_named(kind)
    first = since or today()

    def build(dataset: Dataset) -> list[Edit]:
        made = new_record(dataset, registry.profile, spec, values)
        return [*made, *attach_edits(dataset, registry.profile, made[0].record, to, role, first, until)]

    return registry.write(build, verb="attach", why=why)


def detach(registry: Registry, attachment: str, *, on: date | None = None, why: str) -> Changes:
    """End an attachment or engagement: ``on`` (default today) is the first day without it.

    One that would end before it began is taken back.
    """
    _need_reason(why)
    last = (on or today()) - ONE_DAY

    def build(dataset: Dataset) -> list[Edit]:
        record = dataset.find(attachment)
        if record is None:
            raise no_such(attachment)
        if record.kind not in ("attachments", "engagements", "links"):
            raise InvalidInput(
                Text(
                    f"{attachment} 是{KINDS[record.kind].words.zh}，不是挂接、服务或关系。",
                    f"{attachment} is no attachment, engagement or relation.",
                )
            )
        if record.valid_until is not None and record.valid_until <= last:
            raise InvalidInput(
                Text(
                    f"{attachment} 已于 {record.valid_until} 结束。",
                    f"{attachment} ended on {record.valid_until} already.",
                )
            )
        if record.valid_from is not None and last < record.valid_from:
            return [Remove(record)]
        return [Put(record._replace(valid_until=last, version=record.version + 1), record)]

    return registry.write(build, verb="detach", why=why)


def _in_order(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and first > last:
        message = Text(
            f"第一天 {first} 在最后一天 {last} 之后。", f"The first day {first} is after the last day {last}."
        )
        raise InvalidInput(message, (Problem(message=message, column="valid_until", value=str(last)),))


def _need_reason(why: str) -> None:
    if not why.strip():
        message = Text("要写为什么（--why）。", "Say why (--why).")
        raise InvalidInput(message, (Problem(message=message, column="why"),))


def _is_fact(profile: Profile, spec: Kind, key: str) -> bool:
    return key in profile.facts and spec.name in profile.facts[key].of


def _fact_edit(
    dataset: Dataset,
    profile: Profile,
    subject: str,
    key: str,
    raw: object,
    first: date,
    last: date | None,
    source: str | None,
) -> Edit:
    """Return the edit that records a fact; the same subject, key and first day is the same fact."""
    record = dataset.find(subject)
    new = _new_fact(profile, "" if record is None else record.kind, subject, key, raw, first, last, source)
    old = dataset.of("facts").get(new.record.code)
    if old is None:
        return new
    return Put(
        old._replace(
            values=new.record.values,
            valid_until=last,
            source=source or old.source,
            version=old.version + 1,
        ),
        old,
    )


def _new_fact(
    profile: Profile,
    kind: str,
    subject: str,
    key: str,
    raw: object,
    first: date,
    last: date | None,
    source: str | None,
) -> Put:
    spec = profile.facts.get(key)
    if spec is None or (kind and kind not in spec.of):
        known = ", ".join(fact.key for fact in profile.facts.values() if kind in fact.of)
        raise InvalidInput(
            Text(
                f"{subject} 没有事实 {key!r}。有：{known}。",
                f"{subject} has no fact {key!r}. Known: {known}.",
            ),
            (Problem(message=Text("没有这个事实", "no such fact"), code=subject, column=key),),
        )
    try:
        value = read_fact(spec, raw, profile)
    except InvalidInput as error:
        raise InvalidInput(
            error.message, (Problem(message=error.message, code=subject, column=key, value=str(raw)),)
        ) from error
    return Put(
        make_record(
            "facts",
            str(uuid.uuid4()),
            fact_code(subject, key, first),
            valid_from=first,
            valid_until=last,
            source=source,
            subject=subject,
            key=key,
            value=value,
        )
    )


def _made_code(dataset: Dataset, spec: Kind, read: Mapping[str, Any]) -> str:
    if spec.name == "households":
        return count_code(read.get("subject"), read.get("on"))
    return CodeMaker(dataset).make(spec.name, read.get("community"))


def read_otherwise(registry: Registry, warning: PlaceWarning, why: str | None = None) -> Changes:
    """Give a record the place that its warning offers, as one change that can be taken back."""
    from app.exchange.readings import AS_STORED, read_so

    record = registry.find(str(warning.code))
    shape = None
    if warning.reading is not None and record.geometry is not None:
        shape = read_so(record.geometry, AS_STORED, warning.reading)
    if shape is None:
        raise InvalidInput(warning.said, (warning,))
    return set_values(registry, [record.code], {"geometry": shape}, why=why)
