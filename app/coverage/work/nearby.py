"""Who is near: organisations that could be attached to a subject, and firms that could extend their service to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage.places.units import NOWHERE
from app.domain.answer import Answer
from app.domain.kinds import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.coverage.answers import Answers

    Fits = Callable[[str], bool]

_COMMUNITY: Final = LEVELS.index("community")
_GRID: Final = LEVELS.index("grid")


def any_type(_type: str) -> bool:
    """Every type of organisation fits."""
    return True


class Nearby:
    """Look-ups on one day; each is made when first asked for. ``kind``: the compounds that count (``--kind``)."""

    def __init__(self, answers: Answers, kind: str | None) -> None:
        self._answers = answers
        self._kind = kind
        self._lines: dict[str, Sequence[int]] = {}
        self._levels = answers.places.units(answers.day).levels
        self._in_units: dict[tuple[str, Fits], str | None] = {}
        self._of_grids: dict[Fits, dict[str, str]] = {}
        self._firms_in: dict[str, str] | None = None
        self._with_party: tuple[str | None] | None = None

    def place(self, codes: Iterable[str]) -> None:
        """Find where compounds and buildings lie, all at once."""
        known = self._answers.places.subjects()
        asked = [code for code in codes if code not in self._lines and code in known]
        if asked:
            rows = known.rows_of(asked, self._answers.day)
            lines = self._answers.places.placing(self._answers.day).whole_of(rows).tolist()
            self._lines.update(zip(asked, lines, strict=True))

    def _unit_of(self, code: str, level: int) -> str | None:
        if code not in self._lines:
            self.place([code])
        line = self._lines.get(code)
        if line is None or line[level] == NOWHERE:
            return None
        return self._levels[level].codes[line[level]]

    def organisation_for(self, code: str, fits: Fits) -> str | None:
        """Return the fitting organisation of a compound's grid, else of its community; of several the lowest code."""
        for level in (_GRID, _COMMUNITY):
            unit = self._unit_of(code, level)
            if unit is not None and (found := self._attached_to(unit, fits)) is not None:
                return found
        return None

    def _attached_to(self, code: str, fits: Fits) -> str | None:
        key = code, fits
        if key not in self._in_units:
            self._in_units[key] = min(self._organisations_of(code, fits), default=None)
        return self._in_units[key]

    def _organisations_of(self, code: str, fits: Fits) -> list[str]:
        answers = self._answers
        organisations = answers.dataset.of("organisations")
        partners = [
            answers.relations.partner(span, answers.day)
            for span in answers.relations.attachments_to(code)
            if answers.is_running(span)
        ]
        return [one for one in partners if fits(str(organisations[one].on("type", answers.day)))]

    def organisation_in(self, grid: str, fits: Fits) -> str | None:
        """Return the fitting organisation, of the lowest code, of the counted compounds placed in a grid."""
        found = self._of_grids.get(fits)
        if found is None:
            found = self._of_grids[fits] = {}
            counted = self._answers.counted(self._kind)
            self.place(counted)
            for code in counted:
                own = self._unit_of(code, _GRID)
                for organisation in () if own is None else self._organisations_of(code, fits):
                    if own is not None:
                        found[own] = min(found.get(own, organisation), organisation)
        return found.get(grid)

    def firm_for(self, code: str) -> str | None:
        """Return the firm, of the lowest code, that serves a counted compound of the same grid."""
        grid = self._unit_of(code, _GRID)
        if self._firms_in is None:
            self._firms_in = {}
            served = self._answers.served_by_firm(self._kind)
            self.place(self._answers.counted(self._kind))
            for firm in sorted(served):
                for compound in served[firm]:
                    own = self._unit_of(compound, _GRID)
                    if own is not None:
                        self._firms_in.setdefault(own, firm)
        return None if grid is None else self._firms_in.get(grid)

    def firm_with_party(self) -> str | None:
        """Return a firm in force that has a party organisation, of the lowest code."""
        if self._with_party is None:
            answers = self._answers
            found = None
            for firm in sorted(answers.dataset.of("firms")):
                if answers.party(firm, self._kind).answer is Answer.YES and self._is_in_force(firm):
                    found = firm
                    break
            self._with_party = (found,)
        return self._with_party[0]

    def _is_in_force(self, firm: str) -> bool:
        answers = self._answers
        return any(
            answers.relations.partner(span, answers.day) == firm
            for compound in answers.relations.served_ever(firm)
            for span in answers.serving(compound)
        )

    def firms_without_party(self, code: str) -> list[str]:
        """Return the firms in force that serve a compound, by code; none of them is said to have an organisation."""
        answers = self._answers
        firms = {answers.relations.partner(span, answers.day) for span in answers.serving(code)}
        return sorted(firms)

    def party_of(self, firm: str) -> Answer:
        """Return whether a firm has a party organisation."""
        return self._answers.party(firm, self._kind).answer
