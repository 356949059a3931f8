"""What a reference by name means: the registered record of that name within the units that the row names, or nobody sure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from typing_extensions import override

from app.domain.identity.names import (
    UNIT_NAMES,
    grid_core,
    is_short_firm,
    may_be_one,
    normal_name,
    readings_of,
    short_firm,
)
from app.domain.identity.nearness import nearness, slips
from app.domain.identity.spelling import counted, plain
from app.domain.identity.units import are_apart
from app.domain.kinds import KINDS, UNIT_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.domain.dataset import Dataset
    from app.domain.identity.units import Tree
    from app.domain.record import Record

_NEAREST: Final = 5


class Meant(NamedTuple):
    """What a name means. ``code``: of the one record; else ``several`` that have it; else nobody has."""

    code: str | None = None
    several: tuple[Record, ...] = ()


class References:
    """Finds records by the names that people write; asks once for each name within the same units."""

    def __init__(self, dataset: Dataset, tree: Tree) -> None:
        self._dataset, self._tree = dataset, tree
        self._indexes: dict[str, _Names] = {}
        self._known: dict[object, Meant] = {}
        self._near: dict[object, tuple[Record, ...]] = {}

    def find(self, kinds: Sequence[str], text: str, chain: Mapping[str, str]) -> Meant:
        """Return what ``text`` means as the name of one of ``kinds``, in a row that names the units of ``chain``."""
        key = (tuple(kinds), text, tuple(sorted(chain.items())))
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._find(kinds, text, chain)
        return known

    def _find(self, kinds: Sequence[str], text: str, chain: Mapping[str, str]) -> Meant:
        found = [record for kind in kinds for record in self._index(kind).named(text)]
        within = [record for record in found if not are_apart(chain, self._chain(record))]
        exact = [record for record in within if plain(record.text("name")) == plain(text)]
        if len(exact) == 1:
            return Meant(exact[0].code)
        if len(within) == 1:
            return Meant(within[0].code)
        if not within and len(found) == 1:
            return Meant(
                found[0].code
            )  # in another unit than the row says: the row contradicts itself, and hears so
        if within or found:
            return Meant(several=tuple(within or found))
        return Meant()

    def nearest(self, kinds: Sequence[str], text: str, chain: Mapping[str, str]) -> tuple[Record, ...]:
        """Return the records whose names are nearest to one that none of ``kinds`` has, those of the row's units first."""
        key = (tuple(kinds), text, tuple(sorted(chain.items())))
        known = self._near.get(key)
        if known is None:
            known = self._near[key] = self._nearest(kinds, text, chain)
        return known

    def _nearest(self, kinds: Sequence[str], text: str, chain: Mapping[str, str]) -> tuple[Record, ...]:
        if "grids" in kinds and "community" in chain:
            inside = self._dataset.children("grids", "community", chain["community"])
            if inside:
                return inside[:_NEAREST]
        near = [record for kind in kinds for record in self._index(kind).near(text)]
        close = [record for record in near if not are_apart(chain, self._chain(record))]
        return tuple((close or near)[:_NEAREST])

    def _index(self, kind: str) -> _Names:
        index = self._indexes.get(kind)
        if index is None:
            maker = _Grids if kind == "grids" else _Units if kind in UNIT_NAMES else _Names
            index = self._indexes[kind] = maker(self._dataset, kind)
        return index

    def _chain(self, record: Record) -> dict[str, str]:
        chain = dict(self._tree.of_record(record))
        if record.kind in UNIT_KINDS:
            chain[KINDS[record.kind].table] = record.code
        return chain


class _Names:
    """The names of one kind: exactly as registered first, then by normal form."""

    def __init__(self, dataset: Dataset, kind: str) -> None:
        self._dataset, self._kind = dataset, kind
        self._forms: dict[str, list[Record]] = defaultdict(list)
        self._slips: dict[str, list[Record]] = {}
        self._all = dataset.of(kind).values() if "name" in KINDS[kind].by_name else ()
        for record in self._all:
            name = record.text("name")
            if name:
                for form in self._forms_of(record, name):
                    self._forms[form].append(record)

    def _forms_of(self, _record: Record, name: str) -> Iterable[str]:
        if self._kind == "firms":
            return {normal_name("firms", name), "~" + short_firm(name)}
        return (normal_name(self._kind, name),)

    def named(self, text: str) -> list[Record]:
        """Return the records that may be called so, whatever unit they lie in."""
        found = self._forms.get(normal_name(self._kind, text), [])
        if not found and self._kind == "firms" and is_short_firm(text):
            return self._forms.get("~" + short_firm(text), [])
        return found

    def near(self, text: str) -> list[Record]:
        """Return the records whose names are nearest to one that nobody has."""
        form = self._core(text)
        if not self._slips:
            grouped: dict[str, list[Record]] = defaultdict(list)
            for record in self._all:
                for slip in slips(self._core(record.text("name"))):
                    grouped[slip].append(record)
            self._slips = grouped
        found = {record.code: record for slip in slips(form) for record in self._slips.get(slip, ()) if slip}
        weighed = sorted(
            (nearness(form, self._core(record.text("name"))).distance, code) for code, record in found.items()
        )
        more = () if weighed or len(form) < 2 else self._sharing(form)
        return [found[code] for _, code in weighed[:_NEAREST]] or list(more)

    def _sharing(self, form: str) -> list[Record]:
        """Return records whose name has the written one in it, or the other way round."""
        found = []
        for record in self._all:
            core = self._core(record.text("name"))
            if len(core) > 1 and (form in core or core in form):
                found.append(record)
                if len(found) == _NEAREST:
                    break
        return found

    def _core(self, text: str) -> str:
        return short_firm(text) if self._kind == "firms" else normal_name(self._kind, text)


class _Units(_Names):
    """Districts, streets, communities: 柳东, 柳东社区 and 柳溪街道柳东社区 are 柳东社区居委会, 柳东村 is not."""

    @override
    def _forms_of(self, record: Record, name: str) -> Iterable[str]:
        return (readings_of(self._kind, name)[0].core,)

    @override
    def named(self, text: str) -> list[Record]:
        found = self._called(text)
        for above in () if found else ("streets", "districts"):
            if above == self._kind:
                break
            for unit in self._dataset.of(above).values():
                rest = _after(text, above, unit.text("name"))
                if rest:
                    found += [r for r in self._called(rest) if r not in found and self._lies_in(r, unit.code)]
        return found

    def _called(self, text: str) -> list[Record]:
        found = {
            record.code: record
            for reading in readings_of(self._kind, text)
            for record in self._forms.get(reading.core, ())
            if may_be_one(self._kind, text, record.text("name"))
        }
        return list(found.values())

    def _lies_in(self, record: Record, code: str) -> bool:
        index = KINDS[record.kind].index
        above = [record.values[index[level]] for level in ("street", "district") if level in index]
        return code in above or not any(above) or record.code.startswith(code)

    @override
    def _core(self, text: str) -> str:
        return readings_of(self._kind, text)[0].core


class _Grids(_Names):
    """Grids: numbered within their community, whose name often stands before the number."""

    def __init__(self, dataset: Dataset, kind: str) -> None:
        self._prefixes = {
            (code, form)
            for above in ("communities", "streets")
            for code, unit in dataset.of(above).items()
            for form in _prefixes_of(above, unit.text("name"))
        }
        self._of: dict[str, list[str]] = defaultdict(list)
        for code, form in self._prefixes:
            self._of[form].append(code)
        self._units = {
            code: unit for above in ("communities", "streets") for code, unit in dataset.of(above).items()
        }
        super().__init__(dataset, kind)

    @override
    def _forms_of(self, record: Record, name: str) -> Iterable[str]:
        return {core for _, core in self._split(name, self._own(record))} | {grid_core(name)}

    def _own(self, record: Record) -> set[str]:
        return {str(code) for code in (record.get("community"), record.get("street")) if code}

    @override
    def named(self, text: str) -> list[Record]:
        for codes, core in self._split(text, set(self._units)):
            found = [r for r in self._forms.get(core, ()) if not codes or codes & self._above(r)]
            if found:
                return found
        return []

    def _above(self, record: Record) -> set[str]:
        own = self._own(record)
        streets = {
            self._units[code].text("street") for code in own if self._units_kind(code) == "communities"
        }
        return own | streets

    def _units_kind(self, code: str) -> str:
        unit = self._units.get(code)
        return "" if unit is None else unit.kind

    def _split(self, name: str, units: set[str]) -> list[tuple[set[str], str]]:
        """Return what a name says of the unit before its number: the units' codes and the core; the longest unit first."""
        spelled = counted(name)
        found = []
        for at in range(len(spelled) - 1, 1, -1):
            codes = set(self._of.get(spelled[:at], ())) & units
            if codes:
                found.append((codes, grid_core(spelled[at:])))
        return [*found, (set(), grid_core(name))]


def _prefixes_of(kind: str, name: str) -> set[str]:
    """Return how a unit's name stands before that of something in it: 柳东社区居委会, 柳东社区, 柳东."""
    spelled = counted(name)
    core = readings_of(kind, name)[0].core
    suffix = {"communities": ("社区", "村", "居委会", "村委会"), "streets": ("街道", "镇", "乡")}[kind]
    forms = {spelled, core, *(core + word for word in suffix)}
    return {form for form in forms if len(form) > 1}


def _after(text: str, kind: str, name: str) -> str:
    """Return what stands behind a unit's name in ``text``; "" where it doesn't begin with it."""
    spelled = counted(text)
    forms = {counted(name)} | {
        f"{r.core}{word}" for r in readings_of(kind, name)[:1] for word in ("街道", "镇", "乡", "区", "县")
    }
    for form in sorted(forms, key=len, reverse=True):
        if spelled.startswith(form) and len(spelled) > len(form) + 1:
            return spelled[len(form) :]
    return ""
