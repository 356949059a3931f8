"""What a row writes: the cells that it sets, and the edits of its record and of what was surveyed there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.edits import Put
from app.domain.identity.names import normal_name
from app.domain.kinds import FieldType
from app.domain.record import fact_code
from app.exchange.planning.new_rows import completed_values, new_fact, new_record
from app.exchange.planning.outcome import Cell
from app.exchange.values.plain import says_the_same
from app.exchange.who.match import BY_CODE
from geo.repair import same_outline

if TYPE_CHECKING:
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.kind import Kind
    from app.domain.profile.profile import Profile
    from app.domain.record import Value
    from app.exchange.planning.new_rows import Ids
    from app.exchange.planning.outcome import Outcome
    from app.exchange.planning.standing import Standing

_OFTEN_THE_SAME: Final = (FieldType.CHOICE, FieldType.ANSWER, FieldType.REFERENCE)


class Decider:
    """Decides for the rows of one file, once their records are known. ``respelled``: how many only spell a name otherwise."""

    def __init__(
        self, dataset: Dataset, profile: Profile, kind: Kind, standing: Standing, ids: Ids, today: date
    ) -> None:
        self._dataset, self._profile, self._kind = dataset, profile, kind
        self._standing, self._ids, self._today = standing, ids, today
        self.respelled = 0
        self._shared: dict[str, dict[Value, Cell]] = {
            name: {} for name, of in kind.by_name.items() if of.type in _OFTEN_THE_SAME
        }

    def decide(self, outcome: Outcome, place: int) -> None:
        """Work out the cells that a row sets and the edits that write them; ``place``: the row's among all."""
        draft, before = outcome.draft, outcome.before
        if draft.problems or outcome.code is None or outcome.is_left or outcome.leader:
            return
        values: dict[str, Any] = dict(draft.values)
        cells: list[Cell] = []
        edits: list[Edit] = []
        if before is None:
            outcome.creates = True
            values = completed_values(self._kind.name, values)
            if self._kind.name == "assessments" and values.get("scheme_version") is None:
                newest = self._profile.scheme(str(values.get("scheme")))
                values["scheme_version"] = None if newest is None else newest.version
            put = new_record(
                self._kind.name, self._ids.of(place), outcome.code, values, draft.common, draft.outline
            )
            said = values.items() if not draft.common else {**values, **draft.common}.items()
            cells = [self._said_anew(name, value) for name, value in said if value is not None]
            if draft.outline is not None:
                cells.append(Cell("geometry", None, draft.outline))
            edits.append(put)
        else:
            for name, value in values.items():
                if value is None or says_the_same(before.get(name), value):
                    continue
                if self._standing.derives(before, name, value):
                    continue
                if not self._is_respelled(outcome, name):
                    cells.append(Cell(name, before.get(name), value))
            for name, value in draft.common.items():
                if not says_the_same(getattr(before, name), value):
                    cells.append(Cell(name, getattr(before, name), value))
            for name in draft.cleared:
                held = before.get(name) if name in self._kind.by_name else getattr(before, name)
                if held is not None:
                    cells.append(Cell(name, held, None))
            is_drawn = draft.outline is not None and not self._standing.is_only_a_point(before, draft)
            if is_drawn and not same_outline(before.geometry, draft.outline):
                cells.append(Cell("geometry", before.geometry, draft.outline))
            if cells:
                changed: Any = {cell.field: cell.after for cell in cells}
                own = {name: value for name, value in changed.items() if name in self._kind.by_name}
                rest = {name: value for name, value in changed.items() if name not in own}
                record = before.with_values(**own)._replace(**rest, version=before.version + 1)
                edits.append(Put(record, before))
        if draft.facts or draft.surveys:
            self._decide_facts(outcome, cells, edits, place)
        outcome.cells, outcome.edits = tuple(cells), tuple(edits)

    def _said_anew(self, name: str, value: Value) -> Cell:
        """Return what a new record says in a field; rows that say one choice or name one unit share it."""
        shared = self._shared.get(name)
        if shared is None:
            return Cell(name, None, value)
        found = shared.get(value)
        if found is None:
            found = shared[value] = Cell(name, None, value)
        return found

    def _is_respelled(self, outcome: Outcome, name: str) -> bool:
        """Whether a row only spells the registered name otherwise: no change of name, unless its code says whose it is."""
        if name != "name" or outcome.before is None or outcome.because is BY_CODE:
            return False
        one, other = outcome.before.text("name"), outcome.draft.name
        is_same = normal_name(self._kind.name, one) == normal_name(self._kind.name, other)
        self.respelled += is_same
        return is_same

    def _decide_facts(self, outcome: Outcome, cells: list[Cell], edits: list[Edit], place: int) -> None:
        """Decide a row's facts: same subject, key and first day is the same fact; so is one that holds already, where the file has no day."""
        draft, subject = outcome.draft, str(outcome.code)
        said = [(draft.surveyed, draft.facts), *draft.surveys]
        for surveyed, key, value in [
            (day, key, value) for day, facts in said for key, value in facts.items()
        ]:
            day = surveyed or self._today
            code = fact_code(subject, key, day)
            same = self._dataset.of("facts").get(code)
            held = self._dataset.fact_on(subject, key, day)
            before = same or held
            if (
                before is not None
                and says_the_same(before.get("value"), value)
                and (same or surveyed is None)
            ):
                continue
            cells.append(Cell(key, None if before is None else before.get("value"), value))
            if same is not None:
                edits.append(
                    Put(
                        same.with_values(value=value)._replace(
                            source=draft.common.get("source", same.source), version=same.version + 1
                        ),
                        same,
                    )
                )
            else:
                row_id, source = self._ids.of(place, len(edits) + 1), draft.common.get("source")
                edits.append(new_fact(row_id, subject, key, value, day, source))
