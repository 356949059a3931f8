"""From a source to a plan: what each row would create or change, and every reason to refuse it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.identity.units import LEVELS, Tree
from app.domain.kinds import KINDS
from app.domain.rules.rules import outline_problem, problems_of
from app.errors import InvalidInput, Problem
from app.exchange.coordinates import to_degrees
from app.exchange.mapping.columns import must_be_this_template, must_say_something, naming_fields
from app.exchange.mapping.meaning import map_columns
from app.exchange.planning.asked_datum import asked_datum
from app.exchange.planning.companions import Companions, companions
from app.exchange.planning.deciding import Decider
from app.exchange.planning.elsewhere import elsewhere
from app.exchange.planning.missing import absent
from app.exchange.planning.new_rows import Ids
from app.exchange.planning.newcomers import Screen
from app.exchange.planning.outcome import Outcome
from app.exchange.planning.parents import Made, made_parents
from app.exchange.planning.place_columns import how_drawn
from app.exchange.planning.place_rows import RowPlaces
from app.exchange.planning.plan import Plan
from app.exchange.planning.plan_row import PlanRow
from app.exchange.planning.plan_rows import NewRows, PlanRows
from app.exchange.planning.recognising import Recogniser
from app.exchange.planning.row_reader import RowReader
from app.exchange.planning.standing import Standing, gives_every_level
from app.exchange.request import ON_CONFLICT
from app.exchange.sheets.records import numbers_of, sheets_of
from app.exchange.who.answers import answered_names
from app.exchange.who.referring import Referrer
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.exchange.coordinates import Georeference
    from app.exchange.mapping.columns import Columns
    from app.exchange.planning.outcome import Newcomers
    from app.exchange.planning.row_reader import Draft
    from app.exchange.planning.standing import Placed
    from app.exchange.reader import Source
    from app.exchange.request import ImportRequest
    from app.jobs import Ticket

_NAMELESS: Final = Text(
    "没有名称、编码、地址，也没有边界，以后认不出是哪一条。补上其中一样，或删掉这一行。",
    "There is no name, code, address or outline, so it could never be recognised again. Add one of them, or delete the row.",
)
_LEFT: Final = Text("你不导这一行", "you left it out")


def build_plan(
    dataset: Dataset,
    profile: Profile,
    source: Source,
    request: ImportRequest,
    *,
    today: date,
    ticket: Ticket | None = None,
    placed: Placed | None = None,
) -> Plan:
    """Return what importing ``source`` into ``dataset`` would do. Nothing is written.

    ``placed``: returns code → level → unit, as the registry places the records of the kind on the day.

    Raises
    ------
    InvalidInput
        If the file as a whole can't be taken: unknown kind, field, column, CRS or datum.

    """
    if request.on_conflict not in ON_CONFLICT:
        raise InvalidInput(
            Text(
                f"--on-conflict 只能是 {'、'.join(ON_CONFLICT)}。",
                f"--on-conflict is one of {', '.join(ON_CONFLICT)}.",
            )
        )
    columns = map_columns(source, profile, request, today)
    must_be_this_template(source, request.kind, columns)
    must_say_something(source, columns)
    how = how_drawn(source, request, columns, dataset)
    made = made_parents(dataset, request, columns) if request.parents else Made(dataset)
    answered = request
    if columns.recalled is not None and columns.recalled.answers:
        answered = replace(request, answers={**columns.recalled.answers, **request.answers})
    planner = _Planner(made.dataset, profile, source, answered, columns, how, today, placed)
    plan = planner.plan(ticket)
    return replace(plan, request=request, notes=(*plan.notes, *made.notes), parents=made.edits)


class _Planner:
    def __init__(
        self,
        dataset: Dataset,
        profile: Profile,
        source: Source,
        request: ImportRequest,
        columns: Columns,
        how: Georeference | None,
        today: date,
        placed: Placed | None,
    ) -> None:
        self._dataset, self._profile, self._source = dataset, profile, source
        self._request, self._columns, self._how, self._today = request, columns, how, today
        self._kind = KINDS[request.kind]
        self._tree = tree = Tree(dataset)
        self._standing = Standing(tree, placed, is_whole=gives_every_level(columns))
        self._referrer = Referrer(dataset, request.kind, tree, answered_names(request.answers))
        self._reader = RowReader(profile, request, source, columns, self._referrer, today)
        self._notes = [*source.notes, *columns.notes, *(how.notes if how else ())]
        self._recogniser = Recogniser(
            dataset, profile, request, columns, self._reader, tree=tree, today=today, notes=self._notes
        )
        self._places = None if how is None else RowPlaces(dataset, how)
        self._ids = Ids()
        self._decider = Decider(dataset, profile, self._kind, self._standing, self._ids, today)

    def plan(self, ticket: Ticket | None) -> Plan:
        self._reader.refuse_wrong_constants()
        newcomers = Screen(
            self._dataset,
            self._profile,
            self._request,
            self._columns,
            self._reader.cells,
            matcher=self._recogniser.matcher,
            referrer=self._referrer,
            tree=self._tree,
        ).newcomers()
        places = self._others(newcomers)
        read = {place: self._reader.read(self._columns.rows[place], place) for place in places}
        drafts = list(read.values())
        self._place(drafts)
        self._must_be_known_again(drafts)
        outcomes = self._recogniser.recognise(read, newcomers, ticket)
        for place, outcome in zip(places, outcomes, strict=True):
            self._decider.decide(outcome, place)
        self._check(outcomes)
        besides = Companions()
        if self._columns.names_of:
            besides = companions(
                self._dataset, self._profile, self._request, self._columns, outcomes, self._today
            )
        rows = self._in_order(newcomers, places, [self._frozen(outcome) for outcome in outcomes])
        doubts = () if self._places is None else self._places.doubts(_drawn(outcomes))
        if self._places is not None:
            far = {doubt.row for doubt in doubts}
            near = (one for one in _drawn(outcomes) if one[0] not in far)
            self._notes += elsewhere(self._dataset, self._columns, near)
        if self._decider.respelled:
            self._notes.append(
                Text(
                    f"{self._decider.respelled} 行的名称只是写法不同，名称照登记的不改。",
                    f"{self._decider.respelled} rows spell a name otherwise; it stays as registered.",
                )
            )
        gone = absent(
            self._dataset, self._tree, self._kind.name, outcomes, self._request.whole_of, self._today
        )
        left = sum(1 for draft in drafts if not draft.has_place) + len(newcomers or ())
        if self._how is not None and left:
            self._notes.append(Text(f"{left} 行没有边界。", f"{left} rows have no outline."))
        return Plan(
            request=self._request,
            layer=self._source.layer,
            crs=None if self._how is None else self._how.label,
            datum=None if self._how is None else self._how.datum,
            encoding=self._source.encoding,
            rows=rows,
            left_columns=self._columns.left,
            notes=(
                *self._notes,
                *self._reader.notes,
                *self._reader.cells.notes,
                *self._standing.notes,
                *besides.notes,
                *gone.notes,
            ),
            missing=gone.records,
            names=self._referrer.asked,
            doubts=doubts,
            columns=self._columns.meanings,
            questions=(*self._reader.cells.questions, *besides.questions),
            companions=besides.found,
            asked_fields=self._columns.asked,
            by_habit=() if self._columns.recalled is None else tuple(self._columns.recalled.told),
            lesson=self._columns.lesson,
            headings=self._columns.shape,
            edited=self._columns.edited,
            asked_datum=asked_datum(self._source, self._request, self._columns, self._how),
        )

    def _must_be_known_again(self, drafts: list[Draft]) -> None:
        """Refuse rows with nothing by which their record could be recognised the next time: they are none."""
        fields = [name for name in naming_fields(self._kind.name) if name in self._kind.by_name]
        if not self._kind.coded or "name" not in fields:
            return
        for draft in drafts:
            if draft.code or draft.outline is not None or draft.problems:
                continue
            if not any(draft.values.get(name) for name in fields):
                draft.problems.append(self._reader.problem(draft.number, _NAMELESS, "name"))

    def _others(self, newcomers: Newcomers | None) -> list[int]:
        """Return the places of the rows that are to be looked at one by one."""
        count = len(self._columns.rows)
        if newcomers is None:
            return list(range(count))
        is_other = np.ones(count, bool)
        is_other[newcomers.places] = False
        others: list[int] = np.flatnonzero(is_other).tolist()
        return others

    def _in_order(
        self, newcomers: Newcomers | None, places: Sequence[int], rows: Sequence[PlanRow]
    ) -> PlanRows:
        """Return all rows of the source in its order: those that were read, those of the layout, and those that the user left out."""
        read = np.concatenate(
            [np.zeros(0, np.int64) if newcomers is None else newcomers.places, np.array(places, np.int64)]
        )
        new = self._new_rows(newcomers)
        at = np.concatenate([np.arange(0 if new is None else len(new)), -1 - np.arange(len(rows))])
        at = at[np.argsort(read, kind="stable")]
        aside = self._set_aside()
        if aside:
            sheets = {sheet.name: place for place, sheet in enumerate(self._source.sheets)}
            numbers = numbers_of(self._columns.rows)
            read_from = (*sheets_of(self._columns.rows), *(row.sheet for row in aside))
            of_sheet = np.array([sheets.get(name, 0) for name in read_from])
            at = np.concatenate([at, -1 - len(rows) - np.arange(len(aside))])
            numbers = np.concatenate([numbers, [row.number for row in aside]])
            at = at[np.lexsort((numbers, of_sheet))]
        return PlanRows(new, [*rows, *aside], at)

    def _new_rows(self, newcomers: Newcomers | None) -> NewRows | None:
        if newcomers is None:
            return None
        sheets = sheets_of(self._columns.rows)
        return NewRows(
            kind=self._kind.name,
            ids=self._ids,
            today=self._today,
            places=newcomers.places,
            numbers=numbers_of(self._columns.rows)[newcomers.places],
            sheets=[sheets[place] for place in newcomers.places.tolist()],
            codes=newcomers.codes,
            fields=newcomers.fields,
            common=newcomers.common,
            facts=newcomers.facts,
            surveyed=newcomers.surveyed,
        )

    def _set_aside(self) -> list[PlanRow]:
        return [
            PlanRow(
                a.number,
                "skip",
                None,
                "",
                problems=(replace(self._reader.problem(a.number, a.why, raw=a.text or None), sheet=a.sheet),),
                sheet=a.sheet,
            )
            for a in self._columns.set_aside
        ]

    def _place(self, drafts: list[Draft]) -> None:
        """Bring all outlines to CGCS2000 degrees at once, and refuse those that bound nothing."""
        if self._how is None or self._places is None:
            for draft in drafts:
                draft.outline = None
            return
        if not (shapely.get_type_id([d.outline for d in drafts]) >= 0).any():
            return
        shapes = to_degrees([draft.outline for draft in drafts], self._how)
        for draft, shape in zip(drafts, shapes, strict=True):
            raw, draft.raw = draft.outline, draft.outline
            if shape is None or raw is None:
                draft.outline = None
                continue
            refused = self._places.refusal(draft.number, draft.name, raw, shape)
            message = outline_problem(self._kind.name, shape) if refused is None else refused.message
            draft.outline = shape if message is None else None
            if message is not None:
                problem = self._reader.problem(draft.number, message, "geometry", code=draft.code)
                if refused is not None:
                    problem = replace(problem, value=refused.value, plain=refused.plain)
                draft.problems.append(problem)

    def _check(self, outcomes: list[Outcome]) -> None:
        """Ask the rules of the registry until what is left of the file passes them."""
        while True:
            live = [o for o in outcomes if o.edits and not o.draft.problems]
            edits = [edit for outcome in live for edit in outcome.edits]
            owner = np.repeat(np.arange(len(live)), [len(outcome.edits) for outcome in live])
            found = problems_of(self._dataset, edits, self._profile) if edits else []
            if not found:
                return
            for place, problem in found:
                outcome = live[int(owner[place])]
                outcome.draft.problems.append(self._placed(outcome, problem))

    def _placed(self, outcome: Outcome, problem: Problem) -> Problem:
        message = problem.message
        if problem.column in LEVELS and self._dataset.find(str(problem.value)) is None:
            message = Text(
                f"{message.zh}有名称列时，可用 --parents 一并新建。",
                f"{message.en} Where a column names it, --parents makes it too.",
            )
        return self._reader.problem(
            outcome.draft.number,
            message,
            problem.column,
            problem.value,
            outcome.draft.code or (outcome.code if outcome.before else None),
        )

    def _frozen(self, outcome: Outcome) -> PlanRow:
        draft = outcome.draft
        leader = outcome.leader
        if leader is not None and leader.draft.problems and not draft.problems:
            draft.problems.append(self._waits_for(draft.number, leader.draft.number))
        problems = (*draft.problems, *draft.dropped)
        if outcome.is_left:
            action, problems = "skip", ()
        elif draft.problems:
            action = "refuse"
        elif outcome.creates:
            action = "create"
        elif outcome.edits:
            action = "skip" if self._request.on_conflict == "skip" else "change"
        else:
            action = "same"
        return PlanRow(
            draft.number,
            action,
            outcome.code if outcome.before or action != "refuse" else draft.code,
            draft.name
            or (outcome.before.text("name") if outcome.before and "name" in self._kind.index else ""),
            outcome.cells,
            tuple(problems if draft.sheet is None else _on(draft.sheet, problems)),
            outcome.edits,
            _LEFT if outcome.is_left else outcome.because,
            draft.outline,
            draft.sheet,
            state="asked"
            if draft.problems and not outcome.is_left and (draft.is_asked or outcome.is_asked)
            else None,
            candidates=outcome.candidates,
        )

    def _waits_for(self, number: int, first: int) -> Problem:
        message = Text(
            f"与第 {first} 行说的是同一个，那一行还没有说清。",
            f"The same thing as row {first}, which is not settled.",
        )
        return self._reader.problem(number, message)


def _on(sheet: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    return (replace(problem, sheet=sheet) for problem in problems)


def _drawn(outcomes: list[Outcome]) -> Iterator[tuple[int, Record, BaseGeometry | None]]:
    """Give the rows that are written with a new or another outline: number, record, outline as the source has it."""
    for outcome in outcomes:
        if not outcome.draft.problems and any(cell.field == "geometry" for cell in outcome.cells):
            yield outcome.draft.number, outcome.edits[0].record, outcome.draft.raw
