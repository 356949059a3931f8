"""What others changed since somebody last looked: by person and record, field by field, what was put back left out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, LEVELS
from app.domain.period import today
from app.domain.vocabulary import VERBS, word_of
from app.persistence.journal_values import SETTINGS
from app.services.keeping.others_words import EditWords
from app.services.keeping.since import PLACES, stands
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from app.persistence.journal_values import Change, Detail
    from app.services.keeping.others_words import FieldEdit
    from app.services.registry.registry import Registry

_MANY: Final = 40  # details of one step after which it is told in one line
_STEPS: Final = 1000  # the newest that are read; nobody works through more of them one by one
ANEW: Final = frozenset(("undo", "redo", "purge"))  # after which older steps read otherwise
_DEEPEST: Final = 4  # from an attachment to a firm, to its street
_RECORDS: Final = Text("{} {} 条记录", "{} {: record|records}")
_REGISTRY: Final = Text("整本台账", "The whole registry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What one person did to one record and what is about it; or one step of many records, in one line.

    ``code``: the record to go to, "" where it is about none; ``codes``: those that it touched, of which the map or a
    table may show something; ``units``: the units in which the record lies; ``seq``, ``at``: of its newest step.
    """

    by: str
    code: str
    name: Text
    verb: Text
    seq: int
    at: str
    fields: tuple[FieldEdit, ...]
    codes: tuple[str, ...]
    units: frozenset[str]
    is_many: bool = False

    def said(self, lang: str) -> str:
        """Return all that was done, in one line."""
        mark = "；" if lang == "zh" else "; "
        return mark.join(field.said(lang) for field in self.fields) or self.verb.in_(lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """What others did after step ``since`` up to step ``upto``, newest first."""

    since: int
    upto: int
    edits: tuple[Edited, ...]
    has_more: bool  # more steps than are read: the oldest are not among these

    @property
    def people(self) -> tuple[str, ...]:
        """Who did something, in order."""
        return tuple(sorted({edit.by for edit in self.edits}))

    @property
    def codes(self) -> frozenset[str]:
        """What was touched one by one; a whole import would mark everything."""
        return frozenset(code for edit in self.edits if not edit.is_many for code in edit.codes)

    def after(self, seq: int) -> int:
        """Return how many of them are newer than a step."""
        return sum(edit.seq > seq for edit in self.edits)


class OthersReader:
    """Reads what others did to one registry: what was read stays known, so that news of one step reads one step."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._many: dict[str, tuple[str, ...]] = {}  # step → the codes it touched
        self._known: tuple[int, int, list[Change]] = (0, 0, [])  # since when, up to where, newest first

    def read(self, since: int, *, is_anew: bool = False) -> Others:
        """Return what others did after a step, as things are called and stand now. ``is_anew``: known steps may be others by now."""
        registry = self._registry
        upto = registry.last_step
        # what is newer than the records that are held is told with them
        steps = [step for step in self._steps(since, is_anew=is_anew) if step.seq <= upto]
        self._known = (since, upto, steps)
        shown = {step.change for step in steps}
        standing = [step for step in steps if stands(step, shown)]
        words, places = EditWords(registry), _Places(registry)
        found = [*_by_record((s for s in standing if len(s.details) <= _MANY), words, places)]
        found += [self._of_many(step) for step in standing if len(step.details) > _MANY]
        found.sort(key=lambda edit: edit.seq, reverse=True)
        return Others(since=since, upto=upto, edits=tuple(found), has_more=len(steps) == _STEPS)

    def _steps(self, since: int, *, is_anew: bool) -> list[Change]:
        known_since, known_upto, known = self._known
        if not is_anew and since == known_since and known:
            new = self._after(known_upto)
            if not any(step.verb in ANEW for step in new):
                return [*new, *(step for step in known if step.seq <= known_upto)][:_STEPS]
        return self._after(since)

    def _after(self, seq: int) -> list[Change]:
        registry = self._registry
        return registry.history(after=seq, not_by=registry.by, limit=_STEPS, details=_MANY + 1)

    def _of_many(self, step: Change) -> Edited:
        codes = self._many.get(step.change)
        if codes is None:
            codes = self._many[step.change] = self._registry.step(step.change).codes
        verb = word_of(VERBS, step.verb)
        count = f"{len(codes):,}"
        return Edited(
            by=step.by,
            code="",
            name=_RECORDS.format(verb, count),
            verb=verb,
            seq=step.seq,
            at=step.at,
            fields=(),
            codes=codes,
            units=frozenset(),
            is_many=True,
        )


def _by_record(steps: Iterable[Change], words: EditWords, places: _Places) -> Iterator[Edited]:
    """Yield what each person did to each record. ``steps``: newest first."""
    groups: dict[tuple[str, str], list[tuple[Change, Detail]]] = defaultdict(list)
    for step in steps:
        for detail in step.details:
            code = "" if detail.kind in SETTINGS else places.about(detail)
            groups[step.by, code].append((step, detail))
    for (by, code), found in groups.items():
        newest = max((step for step, _ in found), key=lambda step: step.seq)
        of_settings = not code
        found.sort(key=lambda pair: pair[0].seq)
        fields = words.told([detail for _, detail in found])
        if not fields and not of_settings:
            continue
        verb = word_of(VERBS, newest.verb)
        yield Edited(
            by=by,
            code=code,
            name=_REGISTRY if of_settings else words.named(code),
            verb=verb,
            seq=newest.seq,
            at=newest.at,
            fields=tuple(fields),
            codes=() if of_settings else tuple(dict.fromkeys([code, *(d.code for _, d in found)])),
            units=places.units_of(code),
        )


class _Places:
    """To which record that lies somewhere a row belongs, and in which units that one lies."""

    def __init__(self, registry: Registry) -> None:
        self._engine, self._dataset, self._day = registry.engine, registry.dataset, today()

    def about(self, detail: Detail) -> str:
        """Return the code of the record to go to, which may be gone."""
        if self._dataset.find(detail.code) is None:
            for whole in (detail.after, detail.before):
                fields = whole.get("fields") if isinstance(whole, dict) else None
                if isinstance(fields, dict) and not KINDS[detail.kind].is_layer:
                    named = next((str(fields[name]) for name in PLACES if fields.get(name)), detail.code)
                    return self._bearer(named, 0)
        return self._bearer(detail.code, 0)

    def _bearer(self, code: str, depth: int) -> str:
        record = self._dataset.find(code)
        if record is None or depth > _DEEPEST or KINDS[record.kind].is_layer:
            return code
        index = KINDS[record.kind].index
        named = [record.text(name) for name in PLACES[:3] if name in index and record.get(name) is not None]
        return self._bearer(named[0], depth + 1) if named else code

    def units_of(self, code: str) -> frozenset[str]:
        """Return the codes of the units in which a record lies, its own where it is one."""
        record = self._dataset.find(code) if code else None
        if record is None or not KINDS[record.kind].is_layer:
            return frozenset()
        placed = self._engine.derived_many(record.kind, self._day).get(code)
        line: Sequence[str | None] = () if placed is None else [getattr(placed, level) for level in LEVELS]
        return frozenset((code, *(unit for unit in line if unit)))
