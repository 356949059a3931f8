"""What an import would do, row by row: one immutable plan for preview and commit alike."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from app.domain.field_words import field_words
from app.domain.kinds import KINDS
from app.errors import Conflict, InvalidInput, Problem, RegistryError
from app.exchange.planning.outcome import printed
from app.exchange.planning.parents import needed_parents
from app.exchange.planning.place_rows import notes_of, reading_of
from app.exchange.planning.plan_rows import PlanRows
from app.exchange.who.unclear import once_a_name
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.domain.edits import Edit, Put
    from app.domain.place.reading import Reading
    from app.domain.record import Record
    from app.exchange.habits import ByHabit, Habit
    from app.exchange.mapping.by_hand import EditedCell
    from app.exchange.mapping.choosing import AskedField
    from app.exchange.mapping.columns import ColumnMeaning, LeftColumn
    from app.exchange.planning.asked_datum import AskedDatum
    from app.exchange.planning.column_cells import Question
    from app.exchange.planning.companions import Companion
    from app.exchange.planning.missing import Missing
    from app.exchange.planning.place_rows import Doubt
    from app.exchange.planning.plan_row import PlanRow
    from app.exchange.request import ImportRequest

ACTIONS: Final = ("create", "change", "same", "skip", "refuse")
_DIFFERS: Final = Text("与登记的不同：{0}", "other than registered: {0}")
_EMPTY: Final = Text("登记里还空着：{0}", "not registered yet: {0}")
_IN_WINDOW: Final = 3  # doubted rows named in the import sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole of an import before it happens. Every row of the source is in ``rows``, exactly once."""

    request: ImportRequest
    layer: str | None
    crs: str | None
    datum: str | None
    encoding: str | None
    rows: Sequence[PlanRow]
    left_columns: tuple[LeftColumn, ...]
    notes: tuple[Text, ...]
    columns: tuple[ColumnMeaning, ...]  # what became a field, as they were understood
    doubts: tuple[Doubt, ...] = ()  # places that nobody can have meant
    questions: tuple[Question, ...] = ()
    missing: tuple[Missing, ...] = ()  # registered where the file speaks of, but not in it
    asked_fields: tuple[AskedField, ...] = ()  # what several columns could be
    names: Mapping[str, tuple[tuple[str, str], ...]] = field(
        default_factory=dict
    )  # → code, label: whom it may mean
    edited: tuple[EditedCell, ...] = ()  # typed by hand in place of what the file says
    asked_datum: AskedDatum | None = None
    companions: tuple[Companion, ...] = ()  # what rows name besides, made with them
    parents: tuple[Put, ...] = ()  # units that the rows name, made with them
    by_habit: tuple[ByHabit, ...] = ()  # taken as they were decided for a file with the same headings
    lesson: Habit | None = None  # what the user decided, for the next such file
    headings: tuple[str, ...] = ()  # by which such a file is known

    @property
    def all_rows(self) -> PlanRows:
        """The rows, of which those that only create a record are kept by column."""
        return PlanRows.of(self.rows)

    @property
    def taken(self) -> dict[str, str]:
        """Field → column, for every field that a column gives."""
        return {meaning.field: meaning.column for meaning in self.columns}

    @property
    def reading(self) -> Reading | None:
        """How most of the doubted places are to be read; None where nothing is to be offered."""
        return reading_of(self.doubts)

    def place_notes(self, *, for_window: bool = False) -> list[Text]:
        """Return what is doubted of places that are written all the same; in a window without options, of few rows."""
        return (
            notes_of(self.doubts, most=_IN_WINDOW, has_options=False) if for_window else notes_of(self.doubts)
        )

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each action."""
        found = self.all_rows.counts
        return {action: found[action] for action in ACTIONS}

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What a commit writes: rows that create or change; the refused ones and the skipped ones bring nothing."""
        own = tuple(self.all_rows.edits())
        if self.companions:
            live = {(r.sheet, r.number) for r in self.rows if r.action in ("create", "change", "same")}
            more = {
                edit.record.code: edit for one in self.companions if one.key in live for edit in one.edits
            }
            own = (*own, *more.values())
        return (*needed_parents(self.parents, own), *own) if self.parents else own

    @property
    def may_make_parents(self) -> bool:
        """Whether a row names a unit that nobody has registered, so that it can be made."""
        return bool(self.parents) or any("--parents" in problem.message.zh for problem in self.problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem of every row that is not set aside, in the rows' order."""
        return tuple(self.all_rows.problems())

    def refusal(self) -> RegistryError | None:
        """Return why this plan can't be committed as it stands, or None.

        A refused row refuses the file unless the request is ``partial``; rows that change records need an answer.
        """
        counts = self.counts
        name = self.request.source.name
        if self.asked_fields:
            first = self.asked_fields[0].command
            problems = tuple(
                Problem(
                    message=asked.command,
                    file=name,
                    column=asked.columns[0][0],
                    value=asked.field,
                    plain=asked.why,
                )
                for asked in self.asked_fields
            )
            return InvalidInput(Text(f"{name}：{first.zh}", f"{name}: {first.en}"), problems)
        if self.asked_datum is not None:
            said, why = self.asked_datum.command, self.asked_datum.why
            asked = Problem(message=said, file=name, column="datum", value=self.asked_datum.named, plain=why)
            return InvalidInput(Text(f"{name}：{said.zh}", f"{name}: {said.en}"), (asked,))
        if counts["refuse"] and not self.request.partial:
            return InvalidInput(
                Text(
                    f"{name}：{len(self.rows)} 行里有 {counts['refuse']} 行不能导入，什么也没写。改好再导，或用 --partial 先导其余的。",
                    f"{name}: {counts['refuse']} of {len(self.rows)} rows are refused; nothing was written. Correct them, or take the rest with --partial.",
                ),
                once_a_name(self.problems),
            )
        if counts["change"] and self.request.on_conflict == "ask":
            return Conflict(
                Text(
                    f"{name}：有 {counts['change']} 行会改动已登记的内容，什么也没写。用 --on-conflict update 照改，或 skip 跳过。",
                    f"{name}: {counts['change']} rows would change what is registered; nothing was written. Choose --on-conflict update or skip.",
                ),
                tuple(self._conflict(row) for row in self.all_rows.others if row.action == "change"),
            )
        return None

    def refuse_if_needed(self) -> None:
        """Raise why this plan can't be committed as it stands; see ``refusal``."""
        error = self.refusal()
        if error is not None:
            raise error

    def _conflict(self, row: PlanRow) -> Problem:
        first = row.cells[0]
        return Problem(
            message=self._differences(row),
            file=self.request.source.name,
            sheet=row.sheet,
            row=row.number,
            column=self.taken.get(first.field, first.field),
            code=row.code,
            value=None if first.after is None else str(printed(first.after)),
        )

    def _differences(self, row: PlanRow) -> Text:
        """Say by the file's own headings what differs from the record, apart from what the record has not yet."""
        taken = self.taken
        zh, en = [], []
        for is_empty, head in ((False, _DIFFERS), (True, _EMPTY)):
            names = [
                Text(taken[cell.field], taken[cell.field])
                if cell.field in taken
                else field_words(self.request.kind, cell.field)
                for cell in row.cells
                if (cell.before is None) is is_empty
            ]
            if names:
                zh.append(head.zh.format("、".join(name.zh for name in names)))
                en.append(head.en.format(", ".join(name.en for name in names)))
        return Text("；".join(zh) + "。", "; ".join(en) + ".")

    def answered(self, on_conflict: str) -> Plan:
        """Return the plan once somebody has answered what becomes of the rows that change records."""
        rows = self.rows
        if on_conflict == "skip":
            rows = self.all_rows.skipping(lambda row: row.action == "change")
        return replace(self, rows=rows, request=replace(self.request, on_conflict=on_conflict))

    def leaving(self, keys: Collection[str]) -> Plan:
        """Return the plan without the rows that somebody unticked: they are skipped."""
        rows = self.all_rows.skipping(
            lambda row: row.action in ("create", "change") and row.key in keys, keys
        )
        return replace(self, rows=rows)

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the plan as the contract prints it before it is written."""
        source = self.request.source.name
        return {
            "source": str(self.request.source),
            "layer": self.layer,
            "kind": self.request.kind,
            "crs": self.crs,
            "datum": self.datum,
            "encoding": self.encoding,
            "committed": False,
            "change": None,
            "counts": self.counts,
            "rows": [
                {
                    "row": row.number,
                    "source": source,
                    "layer": row.sheet or self.layer,
                    **row.as_json(lang),
                }
                for row in self.rows
            ],
            "left_columns": [{"column": left.column, "why": left.why} for left in self.left_columns],
            "notes": [note.in_(lang) for note in (*self.notes, *self.place_notes())],
            "columns": [{"column": c.column, "field": c.field, "by": c.by} for c in self.columns],
            "questions": [
                *(asked.as_json(lang) for asked in self.asked_fields),
                *([] if self.asked_datum is None else [self.asked_datum.as_json(lang)]),
                *(question.as_json(lang) for question in self.questions),
            ],
            "besides": [
                {"kind": edit.record.kind, "code": edit.record.code, "name": named_of(edit.record)}
                for edit in (*self.parents, *(e for one in self.companions for e in one.edits))
            ],
            "missing": [record.as_json(lang) for record in self.missing],
            "edited": [cell.as_json(lang) for cell in self.edited],
            "habits": [one.as_json(lang) for one in self.by_habit],
        }


def named_of(record: Record) -> str | None:
    """Return what a record is called; None for what has no name."""
    return record.text("name") if "name" in KINDS[record.kind].index else None
