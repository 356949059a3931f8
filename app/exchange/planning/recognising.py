"""Which record each row of a file is about: the user's answers, the file against itself, then against the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.field_words import field_words
from app.domain.identity.names import normal_name
from app.domain.kinds import KINDS
from app.domain.record import count_code, fact_code
from app.errors import InvalidInput, Problem
from app.exchange.planning.made_codes import MadeCodes
from app.exchange.planning.outcome import Outcome
from app.exchange.planning.repeated import Said, add_to, repeats, same_things
from app.exchange.sheets.records import sheets_of
from app.exchange.who.answers import answered_rows
from app.exchange.who.match import BY_ANSWER, BY_CODE, Wanted
from app.exchange.who.matching import Matcher
from app.exchange.who.outlines import prints_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.identity.units import Tree
    from app.domain.profile.profile import Profile
    from app.exchange.mapping.columns import Columns
    from app.exchange.planning.outcome import Newcomers
    from app.exchange.planning.repeated import Clash
    from app.exchange.planning.row_reader import Draft, RowReader
    from app.exchange.request import ImportRequest
    from app.exchange.who.evidence import Candidate
    from app.jobs import Ticket

_MATCHING: Final = Text("认出已登记的", "Matching with the registry")
_OFTEN: Final = 200  # rows after which a report is due
_SHOWN: Final = 5


class Recogniser:
    """Finds the record of every row of one file, or makes its code."""

    def __init__(
        self,
        dataset: Dataset,
        profile: Profile,
        request: ImportRequest,
        columns: Columns,
        reader: RowReader,
        *,
        tree: Tree,
        today: date,
        notes: list[Text],
    ) -> None:
        self._dataset, self._profile, self._request = dataset, profile, request
        self._columns, self._reader, self._today, self._notes = columns, reader, today, notes
        self._kind = KINDS[request.kind]
        self._tree = tree
        self._many_sheets = False
        self.matcher = Matcher(dataset, self._kind.name, tree)

    def recognise(
        self, drafts: Mapping[int, Draft], newcomers: Newcomers | None, ticket: Ticket | None
    ) -> list[Outcome]:
        """Return what each draft is about; then settle references to rows of the same file.

        ``drafts``: by their row's place among all, ascending; ``newcomers``: the other rows. They are given codes too.
        """
        outcomes = [Outcome(draft, code=draft.code) for draft in drafts.values()]
        self._many_sheets = len(set(sheets_of(self._columns.rows))) > 1
        self._answer(outcomes)
        if not self._kind.coded:
            for outcome in outcomes:
                if _is_open(outcome):
                    outcome.code = self._subject_code(outcome.draft)
        wanted = self._wanted(list(drafts.values()))
        by_code = self._dataset.of(self._kind.name)
        for outcome in outcomes:
            if outcome.before is None and outcome.code is not None and outcome.code in by_code:
                outcome.before, outcome.because = by_code[outcome.code], BY_CODE
        self._compare_with_itself(outcomes, wanted)
        if self._kind.coded:
            self._compare_with_registry(outcomes, wanted, ticket)
            self._compare_matched(outcomes, wanted)
            self._propose(outcomes, wanted)
        for outcome in outcomes:
            dispute = self._reader.dispute(outcome.draft, outcome.before) if _is_open(outcome) else None
            if dispute is not None:
                outcome.draft.problems.append(dispute)
        self._make_codes(dict(zip(drafts, outcomes, strict=True)), newcomers)
        self._settle(outcomes)
        return outcomes

    def _wanted(self, drafts: Sequence[Draft]) -> list[Wanted]:
        prints = prints_of([draft.outline for draft in drafts])
        return [
            Wanted(
                d.values,
                d.common.get("valid_from"),
                d.outline,
                print_of,
                self._tree.chain(d.values),
            )
            for d, print_of in zip(drafts, prints, strict=True)
        ]

    def _answer(self, outcomes: Sequence[Outcome]) -> None:
        """Take what the user said of single rows; an answer for a row that is not there is refused."""
        answers = answered_rows(self._request.answers)
        if not answers:
            return
        rows: dict[str, list[Outcome]] = {}
        for outcome in outcomes:
            number, sheet = outcome.draft.number, outcome.draft.sheet
            rows.setdefault(str(number), []).append(outcome)
            if sheet is not None:
                rows.setdefault(f"{sheet}!{number}", []).append(outcome)
        records = self._dataset.of(self._kind.name)
        for asked, answer in answers.items():
            found = rows.get(asked, [])
            if len(found) != 1:
                raise self._no_such_row(asked, found)
            outcome = found[0]
            if answer == "leave":
                outcome.is_left = True
            elif answer == "new":
                outcome.is_new = True
            elif answer in records:
                outcome.code, outcome.before, outcome.because = answer, records[answer], BY_ANSWER
            else:
                message = Text(
                    f"回答写的 {answer} 不是已登记的{self._kind.words.zh}。",
                    f"The answer {answer} is none of the registered {self._kind.words.en.lower()}.",
                )
                outcome.draft.problems.append(
                    self._reader.problem(outcome.draft.number, message, "code", answer, answer)
                )

    def _no_such_row(self, asked: str, found: Sequence[Outcome]) -> InvalidInput:
        sheets = [f"{o.draft.sheet}!{o.draft.number}" for o in found][:_SHOWN]
        message = (
            Text(
                f"--answer：第 {asked} 行有几张表都有，写成 {' 或 '.join(sheets)}。",
                f"--answer: several sheets have a row {asked}; write {' or '.join(sheets)}.",
            )
            if found
            else Text(f"--answer：文件里没有第 {asked} 行。", f"--answer: the file has no row {asked}.")
        )
        return InvalidInput(message, (Problem(message=message, file=self._request.source.name),))

    # the file with itself

    def _compare_with_itself(self, outcomes: Sequence[Outcome], wanted: Sequence[Wanted]) -> None:
        said = {
            place: Said(outcome.draft, row, outcome.code)
            for place, (outcome, row) in enumerate(zip(outcomes, wanted, strict=True))
            if _is_open(outcome) and not outcome.is_new and outcome.because is not BY_ANSWER
        }
        groups = [
            group
            for group in same_things(self._kind.name, said)
            if not self._are_registered_apart(group, outcomes, wanted)
        ]
        self._take_repeats(said, groups, outcomes)

    def _are_registered_apart(
        self, places: Sequence[int], outcomes: Sequence[Outcome], wanted: Sequence[Wanted]
    ) -> bool:
        """Whether each of these rows says exactly what another registered record says: then they are several things."""
        if not self._kind.coded or any(outcomes[place].code is not None for place in places):
            return False
        found = [self.matcher.equal(wanted[place]) for place in places]
        return None not in found and len(set(found)) == len(found)

    def _compare_matched(self, outcomes: Sequence[Outcome], wanted: Sequence[Wanted]) -> None:
        """Hold rows against each other that were found to mean one record by different witnesses."""
        groups: dict[str, list[int]] = {}
        for place, outcome in enumerate(outcomes):
            if outcome.before is not None and outcome.leader is None and _is_open(outcome):
                groups.setdefault(outcome.before.code, []).append(place)
        said = {
            place: Said(outcomes[place].draft, wanted[place], code)
            for code, places in groups.items()
            for place in places
        }
        self._take_repeats(said, [places for places in groups.values() if len(places) > 1], outcomes)

    def _take_repeats(
        self, said: Mapping[int, Said], groups: Sequence[Sequence[int]], outcomes: Sequence[Outcome]
    ) -> None:
        found = repeats(said, groups, self._today)
        for place, first in found.leaders.items():
            outcome, leader = outcomes[place], outcomes[first]
            add_to(leader.draft, outcome.draft)
            if leader.code is None:
                leader.code, leader.before, leader.because = outcome.code, outcome.before, outcome.because
            outcome.leader = leader
            outcome.because = Text(f"与第 {leader.draft.number} 行同", f"as row {leader.draft.number}")
        for clash in found.clashes:
            for place in clash.places:
                outcomes[place].draft.problems.append(self._clash(outcomes, clash, place))

    def _clash(self, outcomes: Sequence[Outcome], clash: Clash, place: int) -> Problem:
        draft = outcomes[place].draft
        numbers = [self._row(outcomes[at].draft) for at in clash.places]
        shown = "、".join(numbers[:_SHOWN]) + ("…" if len(numbers) > _SHOWN else "")
        called = draft.name or outcomes[place].code or ""
        words = field_words(self._kind.name, clash.field, self._profile)
        values = list(dict.fromkeys(str(value) for value in clash.values if value is not None))[:_SHOWN]
        listed, listed_en = "：" + "、".join(values), ": " + ", ".join(values)
        if clash.field == "geometry":
            listed = listed_en = ""
        message = Text(
            f"第 {shown} 行说的是同一个{called and f'（{called}）'}，{words.zh}却不同{listed}。"
            "留下对的一行；要是几个不同的，加一列代码或地址把它们分开。",
            f"Rows {shown.replace('、', ', ')} are about the same{called and f' ({called})'}, but their {words.en.lower()} differs"
            f"{listed_en}. Keep the right one; if they are different things, tell them apart by a code or an address.",
        )
        name = "code" if self._kind.coded and outcomes[place].draft.code else clash.field
        return self._reader.problem(
            draft.number, message, name, draft.code or called or None, outcomes[place].code
        )

    # the file with the registry

    def _compare_with_registry(
        self, outcomes: Sequence[Outcome], wanted: Sequence[Wanted], ticket: Ticket | None
    ) -> None:
        coded = [o.before for o in outcomes if o.before is not None]
        for place, (outcome, row) in enumerate(zip(outcomes, wanted, strict=True)):
            if ticket is not None and place % _OFTEN == 0:
                ticket.step(_MATCHING, place, len(outcomes))
            if not _is_open(outcome) or outcome.leader is not None or outcome.is_new:
                continue
            if outcome.because is BY_ANSWER:
                continue
            if outcome.before is not None:
                self._ask(outcome, self.matcher.doubted(outcome.before, row, coded))
            elif outcome.code is not None:
                self._ask(outcome, self.matcher.other_code(row))
            else:
                match = self.matcher.find(row)
                outcome.before, outcome.because = match.record, match.because
                if match.record is not None:
                    outcome.code = match.record.code
                self._ask(outcome, match.candidates, is_several=True)

    def _propose(self, outcomes: Sequence[Outcome], wanted: Sequence[Wanted]) -> None:
        """Ask about rows for which nothing was found and that may mean a record which no other row means."""
        taken = {o.before.code for o in outcomes if o.before is not None}
        for outcome, row in zip(outcomes, wanted, strict=True):
            if _is_open(outcome) and outcome.leader is None and outcome.code is None and not outcome.is_new:
                self._ask(outcome, self.matcher.near(row, taken))

    def _ask(self, outcome: Outcome, candidates: Sequence[Candidate], *, is_several: bool = False) -> None:
        if not candidates:
            return
        outcome.candidates, outcome.is_asked = tuple(candidates), True
        draft, number = outcome.draft, outcome.draft.number
        outcome.draft.problems.append(
            self._reader.problem(
                number,
                _question(candidates, self._row(draft), is_several=is_several),
                "name" if draft.name else "code",
                draft.name or draft.code,
                draft.code,
                plain=_question(candidates, None, is_several=is_several),
            )
        )

    def _row(self, draft: Draft) -> str:
        return f"{draft.sheet}!{draft.number}" if self._many_sheets else str(draft.number)

    # codes

    def _subject_code(self, draft: Draft) -> str:
        """Return the code of a fact or household count, made of its subject."""
        subject = draft.values.get("subject")
        if self._kind.name == "facts":
            day = draft.common.get("valid_from", self._today)
            draft.common = {**draft.common, "valid_from": day}
            held = self._dataset.fact_on(str(subject), str(draft.values.get("key")), self._today)
            if (
                "valid_from" not in self._columns.of
                and held is not None
                and held.get("value") == draft.values.get("value")
            ):
                draft.common = {**draft.common, "valid_from": held.valid_from}
                return held.code
            return fact_code(subject, draft.values.get("key"), day)
        return count_code(subject, draft.values.get("on"))

    def _make_codes(self, outcomes: Mapping[int, Outcome], newcomers: Newcomers | None) -> None:
        """Make the codes that are missing, then give rows that say what another says its record."""
        missing = {
            place: outcome.draft
            for place, outcome in outcomes.items()
            if _is_open(outcome) and outcome.code is None and outcome.leader is None
        }
        given = {outcome.code for outcome in outcomes.values()}
        made = MadeCodes(self._dataset, self._kind, self._columns, self._reader, self._notes, given)
        for place, code in made.make(missing, newcomers).items():
            outcomes[place].code = code
        for outcome in outcomes.values():
            if outcome.leader is not None:
                outcome.code, outcome.before = outcome.leader.code, outcome.leader.before

    def _settle(self, outcomes: Sequence[Outcome]) -> None:
        """Find what a row means that refers to another row of this file, by code or by name."""
        kind = self._kind.name
        if not any(outcome.draft.later for outcome in outcomes):
            return
        codes = {outcome.code for outcome in outcomes}
        named: dict[str, set[str]] = {}
        for outcome in outcomes:
            if outcome.code is not None and outcome.draft.name:
                named.setdefault(normal_name(kind, outcome.draft.name), set()).add(outcome.code)
        for outcome in outcomes:
            for name, text in outcome.draft.later.items():
                found = {text} if text in codes else named.get(normal_name(kind, text), set())
                outcome.draft.values[name] = next(iter(found)) if len(found) == 1 else text


def _is_open(outcome: Outcome) -> bool:
    """Whether a row is still to be recognised: not left out, nothing wrong with it."""
    draft = outcome.draft
    return not (outcome.is_left or draft.problems)


def _question(candidates: Sequence[Candidate], row: str | None, *, is_several: bool) -> Text:
    """Return who a row may mean, with what speaks for each; ``row``: where a command is to answer."""
    named = [
        Text(
            f"{one.name or one.code}（{one.code}{one.evidence.zh and '：' + one.evidence.zh}）",
            f"{one.name or one.code} ({one.code}{one.evidence.en and ': ' + one.evidence.en})",
        )
        for one in candidates[:_SHOWN]
    ]
    more = Text("等", " and more") if len(candidates) > _SHOWN else Text("", "")
    said = Text(
        f"可能是已登记的 {' 或 '.join(text.zh for text in named)}{more.zh}，"
        f"{'分不清是哪一个' if is_several else '没有替你选'}。",
        f"It may be the registered {' or '.join(text.en for text in named)}{more.en}; "
        f"{'which one can not be told' if is_several else 'nothing was chosen for you'}.",
    )
    if row is None:
        return said
    code = candidates[0].code
    return Text(
        f"{said.zh}是它写 --answer {row}={code}，是新的写 {row}=new，不导写 {row}=leave。",
        f"{said.en} Say --answer {row}={code} if it is, {row}=new if it is a new one, {row}=leave to leave it out.",
    )
