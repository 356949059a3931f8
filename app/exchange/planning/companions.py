"""What the rows of a table of compounds or grids name besides: firms that serve them, branches attached to them."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put
from app.domain.identity.names import normal_name
from app.domain.identity.units import Tree
from app.domain.kinds import KINDS
from app.domain.record import make_record
from app.domain.rules.rules import problems_of
from app.exchange.planning.column_cells import Question
from app.exchange.values.named_records import NAMED_KIND
from app.exchange.values.outcome import LEAVE, Option
from app.exchange.who.references import References
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.exchange.mapping.columns import Columns
    from app.exchange.planning.outcome import Outcome
    from app.exchange.request import ImportRequest

CREATE: Final = "create"  # the answer by which they are registered
_TYPES: Final = (
    (re.compile(r"网格.*支部"), "grid_branch"),
    (re.compile(r"功能.*支部"), "functional_branch"),
    (re.compile(r"总支"), "general_branch"),
    (re.compile(r"小组"), "group"),
    (re.compile(r"联盟"), "alliance"),
    (re.compile(r"支部"), "branch"),
    (re.compile(r"党委|委员会"), "committee"),
)
_TIE: Final = {  # fact → the kind that ties the two, the field of who, the field of whom
    "property_firm": ("engagements", "firm", "compound"),
    "party_organisation": ("attachments", "organisation", "to"),
}
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Companion:
    """What one row brings besides: ``key`` of the row, and what is written with it."""

    key: tuple[str | None, int]
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Companions:
    """What all rows bring besides, what is asked about it, and what is said."""

    found: tuple[Companion, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[Text, ...] = ()


def companions(
    dataset: Dataset,
    profile: Profile,
    request: ImportRequest,
    columns: Columns,
    outcomes: Sequence[Outcome],
    today: date,
) -> Companions:
    """Return firms with engagements, and organisations with attachments, that rows name; registered only where the user says so."""
    maker = _Maker(dataset, profile, request, columns, today)
    for field in columns.names_of:
        maker.look_at(field, outcomes)
    return maker.all()


class _Maker:
    def __init__(
        self, dataset: Dataset, profile: Profile, request: ImportRequest, columns: Columns, today: date
    ) -> None:
        self._dataset, self._profile, self._request = dataset, profile, request
        self._columns, self._today = columns, today
        self._codes = CodeMaker(dataset)
        self._references = References(dataset, Tree(dataset))
        self._known: dict[tuple[str, str], tuple[str, tuple[Edit, ...]] | None] = {}
        self._unclear: dict[str, str] = {}
        self._found: list[Companion] = []
        self._questions: list[Question] = []
        self._notes: list[Text] = []

    def look_at(self, field: str, outcomes: Sequence[Outcome]) -> None:
        """Take what a column names: make it where that was agreed, else ask once."""
        label = self._columns.labels[self._columns.names_of[field]]
        named = [
            (outcome, outcome.draft.named[field])
            for outcome in outcomes
            if field in outcome.draft.named
            and outcome.code is not None
            and outcome.leader is None
            and not (outcome.draft.problems or outcome.is_left)
        ]
        if not named:
            return
        said = self._request.answers.get(label) or self._request.answers.get(f"{label}:")
        words = KINDS[NAMED_KIND[field]].words
        names = list(dict.fromkeys(name for _, name in named))
        if said != CREATE:
            if said != LEAVE:
                self._ask(field, label, names, len(named))
            return
        made = [companion for outcome, name in named if (companion := self._of(field, outcome, name))]
        edits = list({edit.record.code: edit for one in made for edit in one.edits}.values())
        written = [edit for outcome in outcomes if not outcome.draft.problems for edit in outcome.edits]
        problems = problems_of(self._dataset, [*written, *edits], self._profile)
        if problems:
            first = problems[0][1].message
            self._notes.append(
                Text(
                    f"列“{label}”里的{words.zh}没有登记：{first.zh}",
                    f"Column {label!r} brings nothing: {first.en}",
                )
            )
            return
        self._found += made
        new = [edit.record for edit in edits if edit.record.kind == NAMED_KIND[field]]
        ties = len(edits) - len(new)
        tied = KINDS[_TIE[field][0]].words
        shown = "、".join(f"{r.text('name')}（{r.code}）" for r in new[:_SHOWN]) + (
            "…" if len(new) > _SHOWN else ""
        )
        self._notes.append(
            Text(
                f"列“{label}”：一并登记{words.zh} {len(new)} 个{shown and f'（{shown}）'}，{tied.zh} {ties} 条。",
                f"Column {label!r}: {len(new)} {words.en.lower()} {shown and f'({shown}) '}and {ties} {tied.en.lower()} are registered with the rows.",
            )
        )

    def all(self) -> Companions:
        """Return everything that was found."""
        for name, near in self._unclear.items():
            self._notes.append(
                Text(
                    f"“{name}”像 {near}，没有替你选，没有登记。写 --answer '{name}=代码'，或改成登记的名称。",
                    f"{name!r} looks like {near}; nothing is registered for it. Say --answer '{name}=CODE', or write the registered name.",
                )
            )
        return Companions(tuple(self._found), tuple(self._questions), tuple(self._notes))

    def _ask(self, field: str, label: str, names: list[str], rows: int) -> None:
        words, tied = KINDS[NAMED_KIND[field]].words, KINDS[_TIE[field][0]].words
        shown = "、".join(names[:_SHOWN]) + ("…" if len(names) > _SHOWN else "")
        why = Text(
            f"列“{label}”写着 {len(names)} 个{words.zh}的名称：{shown}。有没有已登记成答案；{words.zh}和{tied.zh}要不要一并登记？",
            f"Column {label!r} names {len(names)} {words.en.lower()}: {shown}. Yes and no are registered; are the {words.en.lower()} and {tied.en.lower()} to be registered too?",
        )
        options = (
            Option(
                CREATE,
                Text(f"一并登记{words.zh}和{tied.zh}", f"Register {words.en.lower()} and {tied.en.lower()}"),
            ),
            Option(LEAVE, Text("只登记有无", "Only yes and no")),
        )
        self._questions.append(Question(label, field, "", rows, why, options))
        self._notes.append(
            Text(
                f"{why.zh}要登记写 --answer '{label}={CREATE}'。",
                f"{why.en} Say --answer '{label}={CREATE}'.",
            )
        )

    def _of(self, field: str, outcome: Outcome, name: str) -> Companion | None:
        kind, (tie, who, whom) = NAMED_KIND[field], _TIE[field]
        found = self._record(kind, name)
        if found is None:
            return None
        code, edits = found
        subject = str(outcome.code)
        if any(
            row.get(who) == code and row.get(whom) == subject
            for row in self._dataset.in_force(tie, self._today)
        ):
            return None
        values: dict[str, Any] = {who: code, whom: subject}
        if tie == "engagements":
            values["stage"] = "contract"
        put = Put(make_record(tie, str(uuid.uuid4()), self._codes.make(tie), **values))
        draft = outcome.draft
        return Companion((draft.sheet, draft.number), (*edits, put))

    def _record(self, kind: str, name: str) -> tuple[str, tuple[Edit, ...]] | None:
        """Return the record of a name, and what makes it where nobody has it; None where several may be meant."""
        key = (kind, normal_name(kind, name))
        if key not in self._known:
            self._known[key] = self._new_or_registered(kind, name)
        return self._known[key]

    def _new_or_registered(self, kind: str, name: str) -> tuple[str, tuple[Edit, ...]] | None:
        said = self._request.answers.get(name)
        if said is not None and said in self._dataset.of(kind):
            return said, ()
        meant = self._references.find((kind,), name, {})
        if meant.code is not None:
            return meant.code, ()
        near = meant.several or (() if said == "new" else self._references.nearest((kind,), name, {}))
        if near:
            self._unclear[name] = "、".join(f"{r.text('name')}（{r.code}）" for r in near[:_SHOWN])
            return None
        code = self._codes.make(kind)
        values: dict[str, Any] = {"name": name}
        if kind == "organisations":
            values["type"] = next((t for form, t in _TYPES if form.search(name)), "branch")
        return code, (Put(make_record(kind, str(uuid.uuid4()), code, **values)),)
