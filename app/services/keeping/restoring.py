"""What a backup held beside what a registry holds now, and bringing one record, or one part of it, back as one change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from app.domain import vocabulary
from app.domain.edits import Put, Remove
from app.domain.field_words import field_words
from app.domain.kinds import COMMON_FIELDS, KINDS
from app.domain.record import NO_PAST
from app.domain.rules.rules import OWNED, owned_by
from app.errors import InvalidInput, Problem
from app.persistence.care import content_of, steps_of
from app.persistence.journal_values import PURGE
from app.services.profile.profiles import modern_text, profile_from_text
from app.services.registry.checks import understanding, whole
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from geo.crs import Zone

OUTLINE: Final = "geometry"
VERB: Final = "restore"
_KEPT: Final = ("valid_from", "valid_until", "source", OUTLINE)
_NOTHING: Final = Text("空", "empty")
_NO_OUTLINE: Final = vocabulary.REASONS["no_outline"]
_ROWS: Final = Text("{} 条", "{: row|rows}")
_WHOLE: Final = Text("整条", "the whole record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What a backup held, as it is read now. ``seq``: the number of the journal's last step in it.

    ``purges``: the steps that cleared something in it for good; of the registry and its backups they have one id.
    """

    path: Path
    registry_id: str
    dataset: Dataset
    profile: Profile
    seq: int
    purges: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a record then and now, in one language. ``key``: a field, a fact, or a kind of rows that it owns."""

    key: str
    words: str
    then: str
    now: str
    is_same: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A record then and now; None where it was not there. The parts that differ come first."""

    code: str
    then: Record | None
    now: Record | None
    parts: tuple[Part, ...]

    @property
    def different(self) -> tuple[Part, ...]:
        """The parts that differ."""
        return tuple(part for part in self.parts if not part.is_same)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What changed since a backup. ``rows``: plural kind → rows; ``codes``: the records that they belong to."""

    rows: Mapping[str, int]
    codes: tuple[str, ...]


def then_in(path: Path) -> Then:
    """Read a backup; raise IntegrityFault, naming the first place, where it is damaged."""
    step, loaded = content_of(path)
    loaded = whole(path, loaded)
    text = loaded.info["profile"]
    with understanding(path, loaded):
        profile = profile_from_text(modern_text(text) if step == 1 else text)
    return Then(
        path=path,
        registry_id=loaded.info["id"],
        dataset=loaded.dataset,
        profile=profile,
        seq=loaded.seq,
        purges=frozenset(steps_of(path, PURGE)),
    )


def moved_since(then: Then, dataset: Dataset) -> Moved:
    """Return which rows differ between a backup and now, by kind, and the records that they belong to."""
    rows: Counter[str] = Counter()
    codes: dict[str, None] = {}
    for kind in KINDS:
        old, new = then.dataset.of(kind), dataset.of(kind)
        for code in dict.fromkeys((*old, *new)):
            if not _is_same(old.get(code), new.get(code)):
                rows[kind] += 1
                record = new.get(code) or old[code]
                codes |= dict.fromkeys(_subjects(record))
    known = [code for code in codes if dataset.find(code) or then.dataset.find(code)]
    return Moved(rows=dict(rows), codes=tuple(known))


def compared(then: Then, registry: Registry, code: str, lang: str) -> Compared:
    """Return a record's parts then and now; InvalidInput where neither has it."""
    old, new = then.dataset.find(code), registry.dataset.find(code)
    record = new or old
    if record is None:
        message = Text(f"没有代码 {code}。", f"There is no code {code}.")
        raise InvalidInput(message, (Problem(message=message, column="code", value=code),))
    sides = (
        (old, _Side(then.dataset, then.profile, registry.zone, lang)),
        (new, _Side(registry.dataset, registry.profile, registry.zone, lang)),
    )
    parts = [
        Part(
            key=key,
            words=field_words(record.kind, key, registry.profile).in_(lang)
            if key not in KINDS
            else KINDS[key].words.in_(lang),
            then=sides[0][1].said(old, key),
            now=sides[1][1].said(new, key),
            is_same=_is_same_part(then.dataset, old, registry.dataset, new, key),
        )
        for key in _keys(record, then.dataset, registry.dataset)
    ]
    parts.sort(key=lambda part: part.is_same)
    return Compared(code=code, then=old, now=new, parts=tuple(parts))


def bring_back(
    registry: Registry, then: Then, code: str, part: str | None = None, *, why: str | None = None
) -> Changes:
    """Bring one record, or one part of it, back from a backup, as one change that can be taken back.

    ``part``: a field, ``geometry``, a fact's key, or a kind of rows that belong to the record; None = all of it. Where
    no reason is given, the reason names the backup.

    Raises
    ------
    InvalidInput
        If the backup is another registry's, has no such record or part, or what came later leans on what would go.
    Conflict
        If a record was changed by another process meanwhile.

    """
    _must_be_of(registry, then)
    _must_not_be_purged(registry, then, code)

    def build(dataset: Dataset) -> list[Edit]:
        return edits_back(then, dataset, code, part)

    return registry.write(build, verb=VERB, why=(why or "").strip() or reason_of(then, code, part).zh)


def reason_of(then: Then, code: str, part: str | None) -> Text:
    """Return the reason that names the backup and what is brought back."""
    record = then.dataset.find(code)
    kind = "" if record is None else record.kind
    said = (
        _WHOLE
        if part is None
        else KINDS[part].words
        if part in KINDS
        else field_words(kind, part, then.profile)
    )
    name = then.path.name
    return Text(f"从备份 {name} 恢复：{said.zh}", f"Brought back from backup {name}: {said.en}")


def edits_back(then: Then, dataset: Dataset, code: str, part: str | None) -> list[Edit]:
    """Return the edits that bring a record, or a part of it, back; raise InvalidInput where the backup has none."""
    old, new = then.dataset.find(code), dataset.find(code)
    if old is None:
        message = Text(
            f"那一份里没有 {code}。换一份更早或更晚的。", f"That backup has no {code}. Take another one."
        )
        raise InvalidInput(message, (Problem(message=message, column="code", value=code),))
    if part is None:
        edits = [_whole_back(old, new)]
        return [*edits, *_rows_back(owned_by(then.dataset, code), owned_by(dataset, code))]
    if new is None:
        message = Text(
            f"{code} 现在没有了，先恢复整条。", f"{code} is not there now: bring back the whole record first."
        )
        raise InvalidInput(message, (Problem(message=message, column="code", value=code),))
    if part in KINDS[old.kind].by_name or part in _KEPT:
        return [Put(_with_part(new, old, part), new)]
    rows = _rows_of(then.dataset, code, part)
    if rows is None or (not rows and not _rows_of(dataset, code, part) and part not in then.profile.facts):
        message = Text(f"没有“{part}”这一项。", f"There is no field {part!r}.")
        raise InvalidInput(message, (Problem(message=message, column="field", value=part),))
    return _rows_back(rows, _rows_of(dataset, code, part) or [])


def _whole_back(old: Record, new: Record | None) -> Edit:
    if new is None:
        return Put(old._replace(version=old.version + 1))
    return Put(old._replace(id=new.id, version=new.version + 1), new)


def _with_part(new: Record, old: Record, part: str) -> Record:
    past = {name: kept for name, kept in new.past.items() if name != part}
    if part in old.past:
        past[part] = old.past[part]
    back = new._replace(version=new.version + 1, past=past or NO_PAST)
    if part in _KEPT:
        return back._replace(**{part: getattr(old, part)})
    return back.with_values(**{part: old.get(part)})


def _rows_back(old: Sequence[Record], new: Sequence[Record]) -> list[Edit]:
    """Return the edits that put rows as they were: those there now go first, so that none meets its own successor."""
    were, are = {row.id: row for row in old}, {row.id: row for row in new}
    edits: list[Edit] = [Remove(row) for row in new if row.id not in were]
    for row in old:
        now = are.get(row.id)
        edits.append(_whole_back(row, now if now is not None and now.code == row.code else None))
    return edits


def _rows_of(dataset: Dataset, code: str, part: str) -> list[Record] | None:
    """Return the rows of a record under a fact's key, or of a kind that it owns."""
    rows = owned_by(dataset, code)
    if part in KINDS:
        return [row for row in rows if row.kind == part]
    return [row for row in rows if row.kind == "facts" and row.text("key") == part]


def _keys(record: Record, *datasets: Dataset) -> list[str]:
    fields = [field.name for field in KINDS[record.kind].fields]
    kept = [name for name in _KEPT if name != OUTLINE or KINDS[record.kind].is_layer]
    if OUTLINE in kept:  # what is looked for most stands first
        kept.remove(OUTLINE)
        fields.insert(0, OUTLINE)
    rows = [row for dataset in datasets for row in owned_by(dataset, record.code)]
    facts = [row.text("key") for row in rows if row.kind == "facts"]
    others = [row.kind for row in rows if row.kind != "facts"]
    return list(dict.fromkeys((*fields, *facts, *others, *kept)))


def _is_same_part(then: Dataset, old: Record | None, now: Dataset, new: Record | None, key: str) -> bool:
    if old is None or new is None:
        return False
    if key in KINDS[old.kind].by_name or key in COMMON_FIELDS or key == OUTLINE:
        mine, theirs = (
            (getattr(r, key) if key in _KEPT else r.get(key), r.past.get(key)) for r in (old, new)
        )
        return _same_value(mine[0], theirs[0]) and mine[1] == theirs[1]
    rows = [{row.id: row for row in _rows_of(d, old.code, key) or ()} for d in (then, now)]
    return rows[0].keys() == rows[1].keys() and all(_is_same(rows[0][k], rows[1][k]) for k in rows[0])


def _same_value(old: object, new: object) -> bool:
    if isinstance(old, shapely.Geometry) and isinstance(new, shapely.Geometry):
        return bool(shapely.equals_exact(old, new))
    return old == new


def _is_same(old: Record | None, new: Record | None) -> bool:
    if old is None or new is None:
        return False
    return old is new or old._replace(version=new.version) == new


def _subjects(record: Record) -> tuple[str, ...]:
    """Return the record that a row is about: itself, or what it belongs to."""
    fields = OWNED.get(record.kind)
    if fields is None:
        return (record.code,) if KINDS[record.kind].coded else ()
    return tuple(record.text(field) for field in fields if record.text(field))


class _Side:
    """Says the parts of records of one side, in one language."""

    def __init__(self, dataset: Dataset, profile: Profile, zone: Zone, lang: str) -> None:
        self._words = PeopleWords(dataset, profile, lang)
        self._dataset, self._zone, self._lang = dataset, zone, lang

    def said(self, record: Record | None, key: str) -> str:
        """Return one part of a record in words."""
        if record is None:
            return "—"
        if key == OUTLINE:
            return self._outline(record)
        if key in KINDS[record.kind].by_name:
            return self._words.field(record.kind, key, record.get(key)) or _NOTHING.in_(self._lang)
        if key in _KEPT:
            value = getattr(record, key)
            return _NOTHING.in_(self._lang) if value is None else str(value)
        return self._rows(_rows_of(self._dataset, record.code, key) or [], key)

    def _outline(self, record: Record) -> str:
        shape = record.geometry
        if shape is None:
            return _NO_OUTLINE.in_(self._lang)
        if isinstance(shape, shapely.Point):
            return f"{shape.x:.6f}, {shape.y:.6f}"
        area = float(shapely.area(self._zone.to_metres([shape])[0]))
        return self._words.derived("area_m2", area)

    def _rows(self, rows: Iterable[Record], key: str) -> str:
        found = list(rows)
        if not found:
            return _NOTHING.in_(self._lang)
        if key not in KINDS:
            last = max(found, key=lambda row: row.valid_from.toordinal() if row.valid_from else 0)
            said = self._words.fact(key, last.text("value"))[1]
            return said if last.valid_from is None else f"{said} {last.valid_from}"
        if key in ("attachments", "engagements"):
            joined = "、" if self._lang == "zh" else ", "
            return joined.join(self._words.named(row.code) for row in found[:3])
        return _ROWS.format(len(found)).in_(self._lang)


def _must_be_of(registry: Registry, then: Then) -> None:
    if then.registry_id != registry.info.id:
        message = Text(
            f"{then.path.name} 是另一本台账的备份，没有恢复。",
            f"{then.path.name} is a backup of another registry; nothing was brought back.",
        )
        raise InvalidInput(message, (Problem(message=message, file=str(then.path)),))


def _must_not_be_purged(registry: Registry, then: Then, code: str) -> None:
    """Refuse to bring back what was cleared for good since the backup was made."""
    if code not in registry.dataset.used_codes:
        return
    for change in registry.history(code, after=then.seq):
        if change.verb == PURGE and change.change not in then.purges:
            message = Text(
                f"{code} 在那一份之后清除过（{change.at[:10]}，{change.why}），不从里面恢复。",
                f"{code} was cleared since that backup was made ({change.at[:10]}, {change.why}); it isn't brought back.",
            )
            raise InvalidInput(message, (Problem(message=message, code=code),))
