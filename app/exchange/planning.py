"""From a source to a plan: what each row would create or change, and every reason to refuse it."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.domain.code_maker import CodeMaker
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.record import count_code, fact_code, make_record
from app.domain.rules import outline_problem, problems_of
from app.errors import InvalidInput, Problem
from app.exchange.columns import must_be_this_template, must_say_something, naming_fields
from app.exchange.coordinates import to_degrees
from app.exchange.mapping.meaning import map_columns
from app.exchange.matching import BY_CODE, Matcher, Wanted, prints_of
from app.exchange.place_columns import how_drawn
from app.exchange.place_rows import RowPlaces
from app.exchange.plan import ON_CONFLICT, Cell, Plan, PlanRow
from app.exchange.repeated import repeated_rows
from app.exchange.row_reader import Draft, RowReader
from app.exchange.values.plain import says_the_same
from app.text import Text
from geo.repair import same_outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile import Profile
    from app.domain.record import Record
    from app.exchange.columns import Columns
    from app.exchange.coordinates import Georeference
    from app.exchange.plan import ImportRequest
    from app.exchange.reader import Source
    from app.jobs import Ticket

_NAMELESS: Final = Text(
    "没有名称、编码、地址，也没有边界，以后认不出是哪一条。补上其中一样，或删掉这一行。",
    "There is no name, code, address or outline, so it could never be recognised again. Add one of them, or delete the row.",
)
_MATCHING: Final = Text("认出已登记的", "Matching with the registry")
_MADE_DISTRICT: Final = re.compile(r"^99\d{4}$")  # begun by no code of a province in the codes we ship


@dataclass(slots=True)
class _Outcome:
    """What becomes of a draft, until it is frozen as a PlanRow."""

    draft: Draft
    code: str | None = None
    before: Record | None = None
    because: Text | None = None
    cells: list[Cell] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    is_new: bool = False


def build_plan(
    dataset: Dataset,
    profile: Profile,
    source: Source,
    request: ImportRequest,
    *,
    today: date,
    ticket: Ticket | None = None,
) -> Plan:
    """Return what importing ``source`` into ``dataset`` would do. Nothing is written.

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
    columns = map_columns(source, profile, request)
    must_be_this_template(source, request.kind, columns)
    must_say_something(source, columns)
    how = how_drawn(source, request, columns)
    planner = _Planner(dataset, profile, source, request, columns, how, today)
    return planner.plan(ticket)


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
    ) -> None:
        self._dataset, self._profile, self._source = dataset, profile, source
        self._request, self._columns, self._how, self._today = request, columns, how, today
        self._kind = KINDS[request.kind]
        self._reader = RowReader(dataset, profile, request, source, columns, today)
        self._notes = [*source.notes, *columns.notes, *(how.notes if how else ())]
        self._places = None if how is None else RowPlaces(dataset, how)

    def plan(self, ticket: Ticket | None) -> Plan:
        self._reader.refuse_wrong_constants()
        drafts = [self._reader.read(row) for row in self._columns.rows]
        self._place(drafts)
        self._must_be_known_again(drafts)
        outcomes = self._recognise(drafts, ticket)
        echoes, clashes = repeated_rows([(o.code, o.draft) for o in outcomes], self._today)
        for place, name in clashes.items():
            outcomes[place].draft.problems.append(self._clash(outcomes[place], name))
        for place, outcome in enumerate(outcomes):
            if place not in echoes:
                self._decide(outcome)
        self._check(outcomes)
        rows = self._with_set_aside(tuple(self._frozen(outcome) for outcome in outcomes))
        doubts = () if self._places is None else self._places.doubts(_drawn(outcomes))
        left = sum(1 for draft in drafts if not draft.has_place)
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
            notes=(*self._notes, *self._reader.cells.notes),
            doubts=doubts,
            columns=self._columns.meanings,
            questions=self._reader.cells.questions,
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

    def _with_set_aside(self, rows: tuple[PlanRow, ...]) -> tuple[PlanRow, ...]:
        """Return all rows of the source in its order: those that were read, those of the layout, and those that the user left out."""
        aside = self._columns.set_aside
        if not aside:
            return rows
        left = (
            PlanRow(
                a.number,
                "skip",
                None,
                "",
                problems=(replace(self._reader.problem(a.number, a.why, raw=a.text or None), sheet=a.sheet),),
                sheet=a.sheet,
            )
            for a in aside
        )
        sheets = {sheet.name: at for at, sheet in enumerate(self._source.sheets)}
        return tuple(sorted((*rows, *left), key=lambda row: (sheets.get(row.sheet, 0), row.number)))

    def _clash(self, outcome: _Outcome, name: str) -> Problem:
        message = Text(
            f"文件里另有一行也写 {outcome.code}，内容不同。留下对的一行。",
            f"Another row of the file says something else of {outcome.code}. Keep the right one.",
        )
        name = "code" if self._kind.coded else name
        return self._reader.problem(outcome.draft.number, message, name, outcome.code, outcome.code)

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

    def _recognise(self, drafts: list[Draft], ticket: Ticket | None) -> list[_Outcome]:
        """Find each row's record, or make its code; then settle references to rows of the same file."""
        records = self._dataset.of(self._kind.name)
        outcomes = [_Outcome(draft, code=draft.code) for draft in drafts]
        prints = prints_of([draft.outline for draft in drafts])
        wanted = [
            Wanted(d.values, d.common.get("valid_from"), d.outline, p)
            for d, p in zip(drafts, prints, strict=True)
        ]
        uncoded = [w for d, w in zip(drafts, wanted, strict=True) if d.code is None]
        matcher = Matcher(self._dataset, self._kind.name, uncoded if self._kind.coded else [])
        for outcome in outcomes:
            if outcome.code is not None and outcome.code in records:
                outcome.before, outcome.because = records[outcome.code], BY_CODE
                matcher.take(outcome.code)
        maker = CodeMaker(self._dataset)
        given = {outcome.code for outcome in outcomes}
        for place, (outcome, sought) in enumerate(zip(outcomes, wanted, strict=True)):
            if ticket is not None and place % 200 == 0:
                ticket.step(_MATCHING, place, len(outcomes))
            draft = outcome.draft
            if draft.problems or outcome.code is not None:
                continue
            if not self._kind.coded:
                outcome.code = self._subject_code(draft)
                outcome.before = records.get(outcome.code)
                continue
            match = matcher.find(sought)
            if match.problem is not None:
                draft.problems.append(
                    self._reader.problem(draft.number, match.problem, "name", draft.name or None)
                )
                continue
            outcome.before, outcome.because = match.record, match.because
            outcome.code = match.record.code if match.record else self._made_code(draft, maker, given)
        self._settle(outcomes)
        return outcomes

    def _subject_code(self, draft: Draft) -> str:
        """Return the code of a fact or household count, made of its subject."""
        subject = draft.values.get("subject")
        if self._kind.name == "facts":
            day = draft.common.setdefault("valid_from", self._today)
            held = self._dataset.fact_on(str(subject), str(draft.values.get("key")), self._today)
            if (
                "valid_from" not in self._columns.of
                and held is not None
                and held.get("value") == draft.values.get("value")
            ):
                draft.common["valid_from"] = held.valid_from
                return held.code
            return fact_code(subject, draft.values.get("key"), day)
        return count_code(subject, draft.values.get("on"))

    def _made_code(self, draft: Draft, maker: CodeMaker, given: set[str | None]) -> str | None:
        community = draft.values.get("community")
        try:
            if self._kind.name == "districts" and "code" not in self._columns.of:
                return self._made_district(given)
            code = maker.make(self._kind.name, None if community is None else str(community))
            while code in given:
                code = maker.make(self._kind.name, None if community is None else str(community))
        except InvalidInput as error:
            draft.problems.append(self._reader.problem(draft.number, error.message, "code"))
            return None
        given.add(code)
        return code

    def _made_district(self, given: set[str | None]) -> str:
        """Return a six-digit code for a district of a file that has no codes at all, and say so once."""
        used = [int(c) for c in {*self._dataset.used_codes, *given} if c and _MADE_DISTRICT.match(c)]
        if not any(_MADE_DISTRICT.match(code or "") for code in given):
            self._notes.append(
                Text(
                    "文件里没有区划代码，编了临时代码（99 开头）。有正式代码时用 --map code=列 重新导入。",
                    "The file has no district codes; provisional ones (beginning with 99) are made. With official ones, import again with --map code=COLUMN.",
                )
            )
        code = f"{max(used, default=990000) + 1:06d}"
        given.add(code)
        return code

    def _settle(self, outcomes: list[_Outcome]) -> None:
        """Find what a row means that refers to another row of this file, by code or by name."""
        codes = {outcome.code for outcome in outcomes}
        named: dict[str, list[str]] = {}
        for outcome in outcomes:
            if outcome.code is not None and outcome.draft.name:
                named.setdefault(outcome.draft.name, []).append(outcome.code)
        for outcome in outcomes:
            for name, text in outcome.draft.later.items():
                found = [text] if text in codes else named.get(text, [])
                outcome.draft.values[name] = found[0] if len(found) == 1 else text

    def _decide(self, outcome: _Outcome) -> None:
        """Work out the cells that a row sets and the edits that write them."""
        draft, before = outcome.draft, outcome.before
        if draft.problems or outcome.code is None:
            return
        values = dict(draft.values)
        if before is None:
            outcome.is_new = True
            if self._kind.name == "compounds":
                values.setdefault("kind", "unknown")
            elif self._kind.name == "assessments" and values.get("scheme_version") is None:
                newest = self._profile.scheme(str(values.get("scheme")))
                values["scheme_version"] = None if newest is None else newest.version
            record = make_record(self._kind.name, str(uuid.uuid4()), outcome.code, geometry=draft.outline)
            record = record.with_values(**values)._replace(**draft.common)
            outcome.cells = [Cell(n, None, v) for n, v in {**values, **draft.common}.items() if v is not None]
            if draft.outline is not None:
                outcome.cells.append(Cell("geometry", None, draft.outline))
            outcome.edits.append(Put(record))
        else:
            for name, value in values.items():
                if value is not None and not says_the_same(before.get(name), value):
                    outcome.cells.append(Cell(name, before.get(name), value))
            for name, value in draft.common.items():
                if not says_the_same(getattr(before, name), value):
                    outcome.cells.append(Cell(name, getattr(before, name), value))
            if draft.outline is not None and not same_outline(before.geometry, draft.outline):
                outcome.cells.append(Cell("geometry", before.geometry, draft.outline))
            if outcome.cells:
                changed: Any = {cell.field: cell.after for cell in outcome.cells}
                own = {name: value for name, value in changed.items() if name in self._kind.by_name}
                rest = {name: value for name, value in changed.items() if name not in own}
                record = before.with_values(**own)._replace(**rest, version=before.version + 1)
                outcome.edits.append(Put(record, before))
        self._decide_facts(outcome)

    def _decide_facts(self, outcome: _Outcome) -> None:
        """Decide a row's facts: same subject, key and first day is the same fact; so is one that holds already, where the file has no day."""
        draft, subject = outcome.draft, str(outcome.code)
        day = draft.surveyed or self._today
        for key, value in draft.facts.items():
            code = fact_code(subject, key, day)
            same = self._dataset.of("facts").get(code)
            held = self._dataset.fact_on(subject, key, day)
            before = same or held
            if (
                before is not None
                and says_the_same(before.get("value"), value)
                and (same or draft.surveyed is None)
            ):
                continue
            outcome.cells.append(Cell(key, None if before is None else before.get("value"), value))
            if same is not None:
                outcome.edits.append(
                    Put(
                        same.with_values(value=value)._replace(
                            source=draft.common.get("source", same.source), version=same.version + 1
                        ),
                        same,
                    )
                )
            else:
                row = make_record(
                    "facts",
                    str(uuid.uuid4()),
                    code,
                    valid_from=day,
                    source=draft.common.get("source"),
                    subject=subject,
                    key=key,
                    value=value,
                )
                outcome.edits.append(Put(row))

    def _check(self, outcomes: list[_Outcome]) -> None:
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

    def _placed(self, outcome: _Outcome, problem: Problem) -> Problem:
        return self._reader.problem(
            outcome.draft.number,
            problem.message,
            problem.column,
            problem.value,
            outcome.draft.code or (outcome.code if outcome.before else None),
        )

    def _frozen(self, outcome: _Outcome) -> PlanRow:
        draft = outcome.draft
        problems = (*draft.problems, *draft.dropped)
        if draft.problems:
            action = "refuse"
        elif outcome.is_new:
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
            tuple(outcome.cells),
            tuple(problems if draft.sheet is None else _on(draft.sheet, problems)),
            tuple(outcome.edits),
            outcome.because,
            draft.outline,
            draft.sheet,
            "asked" if draft.problems and draft.is_asked else None,
        )


def _on(sheet: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    return (replace(problem, sheet=sheet) for problem in problems)


def _drawn(outcomes: list[_Outcome]) -> Iterator[tuple[int, Record, BaseGeometry | None]]:
    """Give the rows that are written with a new or another outline: number, record, outline as the source has it."""
    for outcome in outcomes:
        if not outcome.draft.problems and any(cell.field == "geometry" for cell in outcome.cells):
            yield outcome.draft.number, outcome.edits[0].record, outcome.draft.raw
