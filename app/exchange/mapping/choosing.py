"""Which column a field gets where the user said nothing: its heading is one witness, what it holds the other.

A heading never wins against values that are not of its field's form; two columns that could both be a field are
asked about, unless they say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.domain.field_words import field_words
from app.domain.kinds import KINDS, UNIT_KINDS, FieldType
from app.domain.values import is_empty
from app.exchange.headings import PLACE_FIELDS
from app.exchange.mapping.forms import EXACT, LISTED, SHORT, Claim, headings_of, near_field
from app.exchange.mapping.witness import is_axis, level_of_codes, testimony
from app.exchange.sheets.header import leaf
from app.exchange.values.named_records import holds_names
from app.exchange.values.places import EASTING, NORTHING
from app.exchange.values.plain import squeezed
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from app.domain.profile.profile import Profile

NAMES: Final = "names"  # what a column rests on whose answers are names
_WORKED_OUT: Final = frozenset(
    {"物业服务在期", "Property service in force"}
)  # a sheet of ours: whom it names is tied already
_NAMING: Final = ("compounds", "grids")  # kinds whose rows may name who serves them
_SHOWN: Final = 3  # values that a question quotes of each column
_DISTINCT: Final = 3  # a name that comes so many times more often than its rival is no name of its own


class Candidate(NamedTuple):
    """A column that could be a field. ``filled``: how many of its looked-at cells say something."""

    place: int
    rank: int
    filled: int
    by: str = "heading"


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field that several columns could be, or that one was last time. ``columns``: their labels, each with a few values."""

    field: str
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    why: Text

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the question as results print it: a column for each answer, to be said with ``--map``."""
        options = [{"value": label, "words": "、".join(values)} for label, values in self.columns]
        return {
            "column": None,
            "field": self.field,
            "form": None,
            "rows": None,
            "message": self.why.in_(lang),
            "answer": None,
            "options": options,
        }

    @property
    def command(self) -> Text:
        """The question with the option that answers it."""
        first = self.columns[0][0]
        if len(self.columns) == 1:
            return Text(
                f"{self.why.zh}是的话写 --map {self.field}={first}，不要这一列就写 --leave {first}。",
                f"{self.why.en} If it is, say --map {self.field}={first}; --leave {first} takes the column out.",
            )
        return Text(
            f"{self.why.zh}用 --map {self.field}={first} 写明是哪一列，或用 --leave 去掉其余的。",
            f"{self.why.en} Say which with --map {self.field}={first}, or take the others out with --leave.",
        )


@dataclass(slots=True)
class Proposal:
    """What is proposed for the columns that the user left open. ``by``: what a field's choice rests on.

    ``names_of``: fact → the column that names who it is instead of an answer.
    ``beside``: field of a unit → the column of its name, where its own column holds codes.
    """

    of: dict[str, int] = field(default_factory=dict)
    by: dict[str, str] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)
    beside: dict[str, int] = field(default_factory=dict)
    names_of: dict[str, int] = field(default_factory=dict)
    asked: list[AskedField] = field(default_factory=list)


class Chooser:
    """Chooses among the columns of one table for the fields of one kind."""

    def __init__(
        self,
        kind: str,
        profile: Profile,
        labels: Sequence[str],
        cells: Callable[[int], Sequence[object]],
        *,
        today: date,
        is_template: bool,
    ) -> None:
        self._kind, self._profile, self._labels = kind, profile, labels
        self._cells, self._today, self._is_template = cells, today, is_template
        self._headings = headings_of(kind, profile)

    def propose(self, names: Mapping[int, str], closed: Collection[str]) -> Proposal:
        """Return what the open columns (position → heading) may be; fields of ``closed`` have theirs already."""
        found = Proposal()
        by_field: dict[str, list[Candidate]] = {}
        for place, name in names.items():
            candidate = self._field_of(place, name, closed, found.notes)
            if candidate is not None and candidate[1].by == NAMES:
                found.names_of.setdefault(candidate[0], place)
            elif candidate is not None:
                by_field.setdefault(candidate[0], []).append(candidate[1])
        for name, candidates in by_field.items():
            chosen = self._chosen(name, candidates)
            if chosen is None:
                found.asked.append(self._question(name, candidates))
            else:
                found.of[name], found.by[name] = chosen.place, chosen.by
                beside = self._names_beside(name, chosen, candidates)
                if beside is not None:
                    found.beside[name] = beside
        for name, place in found.names_of.items():
            if name not in by_field:
                found.of[name], found.by[name] = place, "content"
        self._turn_axes(found)
        for half, other in (("lon", "lat"), ("lat", "lon")):
            if (
                half in found.of
                and not ({other, "wkt"} & {*found.of, *closed})
                and self._is_made(half, found)
            ):
                found.of.pop(half)
        self._say_near(names, {*closed, *found.of}, found)
        return found

    def _turn_axes(self, found: Proposal) -> None:
        """Exchange X and Y where surveyors write them: X holds northings, Y eastings of a projection in China."""
        if not {"lon", "lat"} <= set(found.of):
            return
        east, north = found.of["lon"], found.of["lat"]
        if not (is_axis(self._cells(east), NORTHING) and is_axis(self._cells(north), EASTING)):
            return
        found.of["lon"], found.of["lat"] = north, east
        found.by["lon"] = found.by["lat"] = "content"
        one, other = self._labels[east], self._labels[north]
        found.notes.append(
            Text(
                f"列“{one}”里是北坐标，列“{other}”里是东坐标，按这样读。",
                f"Column {one!r} holds northings and column {other!r} eastings; they are read so.",
            )
        )

    def _is_made(self, name: str, found: Proposal) -> bool:
        """Whether a field was taken for the sake of a heading that is none of its own: X alone is no longitude."""
        claims = self._headings.claims(self._labels[found.of[name]])
        return any(claim.field == name and claim.rank > LISTED for claim in claims)

    def _field_of(
        self, place: int, name: str, closed: Collection[str], notes: list[Text]
    ) -> tuple[str, Candidate] | None:
        claims = self._headings.claims(name) or self._headings.claims(leaf(name))
        against: tuple[str, Text] | None = None
        for claim in claims:
            if claim.field in closed:
                continue
            sure = LISTED if claim.field in PLACE_FIELDS else EXACT
            is_exact = claim.rank <= sure or self._is_template
            if self._is_template and claim.rank <= LISTED:  # a template's own heading needs no witness
                return claim.field, Candidate(place, EXACT, 1)
            said = testimony(
                self._kind,
                claim.field,
                self._profile,
                self._cells(place),
                self._today,
                is_exact=is_exact,
                heading=self._labels[place],
            )
            if said.against is None:
                return claim.field, Candidate(place, claim.rank, said.filled)
            is_ours = not _WORKED_OUT.isdisjoint(self._labels)
            if not is_ours and holds_names(claim.field, self._cells(place)) and self._kind in _NAMING:
                return claim.field, Candidate(place, claim.rank, said.filled, NAMES)
            against = against or (claim.field, said.against)
        if against is None:
            return None
        level = self._by_digits(place, claims, closed)
        if level is not None:
            return level, Candidate(place, LISTED, len(self._cells(place)), "content")
        words, label = field_words(self._kind, against[0], self._profile), self._labels[place]
        why = against[1]
        notes.append(
            Text(
                f"列“{label}”没有当作{words.zh}：{why.zh}",
                f"Column {label!r} is not taken as {words.en}: {why.en}",
            )
        )
        return None

    def _by_digits(self, place: int, claims: Sequence[Claim], closed: Collection[str]) -> str | None:
        """Return the field that a column of units' codes is by its digits, whatever unit its heading names."""
        units = {"code", "name", *(KINDS[unit].table for unit in UNIT_KINDS)}
        level = level_of_codes(self._cells(place)) if any(c.field in units for c in claims) else None
        if level is None:
            return None
        filled = [cell for cell in self._cells(place) if not is_empty(cell)]
        name = KINDS[level].table
        if level == self._kind:
            name = "code" if len(set(filled)) == len(filled) else ""
        is_known = name == "code" or name in KINDS[self._kind].by_name
        return name if is_known and name not in closed else None

    def _chosen(self, name: str, candidates: list[Candidate]) -> Candidate | None:
        """Return the column that a field gets, None where the user has to say."""
        best = min(candidate.rank for candidate in candidates)
        if best == EXACT or name in PLACE_FIELDS or all(c.rank == SHORT for c in candidates):
            candidates = [candidate for candidate in candidates if candidate.rank == best]
        else:
            candidates = [candidate for candidate in candidates if candidate.rank != SHORT]
        most = max(candidate.filled for candidate in candidates)
        strong = [candidate for candidate in candidates if candidate.filled * 2 >= most]
        strong.sort(key=lambda candidate: (candidate.rank, -candidate.filled, candidate.place))
        if len(strong) == 1:
            return strong[0] if len(candidates) == 1 else strong[0]._replace(by="content")
        own = KINDS[self._kind].by_name.get(name)
        if own is not None and own.type is FieldType.REFERENCE:
            coded = [c for c in strong if level_of_codes(self._cells(c.place)) is not None]
            if coded:
                return coded[0]._replace(by="content")
        if name == "name":
            strong = self._with_names_of_their_own(strong)
        if len(strong) == 1 or all(self._say_the_same(strong[0].place, c.place) for c in strong[1:]):
            return strong[0]._replace(by="content")
        return None

    def _names_beside(self, name: str, chosen: Candidate, candidates: Sequence[Candidate]) -> int | None:
        """Return the column that names the units whose codes the chosen column holds; None without one."""
        own = KINDS[self._kind].by_name.get(name)
        if own is None or own.type is not FieldType.REFERENCE or not set(own.to) <= set(UNIT_KINDS):
            return None
        if level_of_codes(self._cells(chosen.place)) is None:
            return None
        others = [c.place for c in candidates if c.place != chosen.place]
        return next((p for p in others if level_of_codes(self._cells(p)) is None), None)

    def _with_names_of_their_own(self, candidates: list[Candidate]) -> list[Candidate]:
        """Return the columns whose names differ from row to row, where others repeat one for many rows."""
        distinct = {
            c.place: len({squeezed(str(v)) for v in self._cells(c.place) if not is_empty(v)})
            for c in candidates
        }
        most = max(distinct.values())
        return [c for c in candidates if distinct[c.place] * _DISTINCT > most]

    def _say_the_same(self, one: int, other: int) -> bool:
        """Whether two columns agree wherever both say something, in the same words or one within the other."""
        for first, second in zip(self._cells(one), self._cells(other), strict=True):
            if is_empty(first) or is_empty(second):
                continue
            a, b = squeezed(str(first)).removesuffix(".0"), squeezed(str(second)).removesuffix(".0")
            if a != b and (a.isascii() or b.isascii() or not (a in b or b in a)):
                return False
        return True

    def _question(self, name: str, candidates: list[Candidate]) -> AskedField:
        words = field_words(self._kind, name, self._profile)
        ordered = sorted((c for c in candidates if c.rank != SHORT), key=lambda c: c.place)
        columns = tuple((self._labels[c.place], self._some(c.place)) for c in ordered)
        listed_zh = "；".join(f"{label}（{'、'.join(values)}）" for label, values in columns)
        listed_en = "; ".join(f"{label} ({', '.join(values)})" for label, values in columns)
        return AskedField(
            name,
            columns,
            Text(
                f"{len(columns)} 列都可能是{words.zh}，内容不同：{listed_zh}。",
                f"{len(columns)} columns may be {words.en}, and differ: {listed_en}.",
            ),
        )

    def _some(self, place: int) -> tuple[str, ...]:
        shown = dict.fromkeys(str(cell)[:20] for cell in self._cells(place) if not is_empty(cell))
        return tuple(shown)[:_SHOWN]

    def _say_near(self, names: Mapping[int, str], taken: Collection[str], found: Proposal) -> None:
        """Say of headings that only sound like a field that they were not taken for it."""
        for place, name in names.items():
            near = near_field(name)
            if near is None or place in found.of.values() or near not in self._headings.listed:
                continue
            words, label = field_words(self._kind, near, self._profile), self._labels[place]
            more_zh = "" if near in taken else f"是同一回事就写明这一列是{words.zh}。"
            more_en = "" if near in taken else f" If it is the same, say that the column is {words.en}."
            found.notes.append(
                Text(
                    f"列“{label}”像{words.zh}，但不是一回事，没有当作{words.zh}。{more_zh}",
                    f"Column {label!r} sounds like {words.en} but is something else, and is not taken as it.{more_en}",
                )
            )
