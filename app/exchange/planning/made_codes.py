"""The codes of rows that have none: in the order of the rows, provisional for units of the state."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.codes.maker import CodeMaker, provisional_code
from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.dataset import Dataset
    from app.domain.kind import Kind
    from app.exchange.mapping.columns import Columns
    from app.exchange.planning.outcome import Newcomers
    from app.exchange.planning.row_reader import Draft, RowReader

_MADE_DISTRICT: Final = re.compile(r"^99\d{4}$")  # begun by no code of a province in the codes we ship
_PROVISIONAL: Final = {"streets": "district", "communities": "street"}  # what their made codes begin with


class MadeCodes:
    """Makes the codes that rows of one file lack; ``given``: those that its other rows have."""

    def __init__(
        self,
        dataset: Dataset,
        kind: Kind,
        columns: Columns,
        reader: RowReader,
        notes: list[Text],
        given: set[str | None],
    ) -> None:
        self._dataset, self._kind, self._columns = dataset, kind, columns
        self._reader, self._notes = reader, notes
        self._given = given
        self._maker = CodeMaker(dataset)
        self._has_provisional = False

    def make(self, drafts: Mapping[int, Draft], newcomers: Newcomers | None) -> dict[int, str | None]:
        """Return the code of each draft by its row's place, None where it was refused; newcomers get theirs between them.

        ``drafts``: by their row's place among all, ascending.
        """
        if newcomers is not None:
            self._given.update(newcomers.codes)
        made: dict[int, str | None] = {}
        named = 0
        for place, draft in drafts.items():
            named = self._name(newcomers, named, place)
            made[place] = self._made(draft)
        self._name(newcomers, named, None)
        return made

    def _name(
        self,
        newcomers: Newcomers | None,
        start: int,
        place: int | None,
    ) -> int:
        """Give codes to the newcomers from ``start`` on that stand before a place, or to all; return how many are done."""
        if newcomers is None:
            return 0
        end = len(newcomers) if place is None else int(np.searchsorted(newcomers.places, place))
        codes, communities = newcomers.codes, newcomers.communities
        for at in range(start, end):
            if codes[at] is None:
                codes[at] = self._free(communities[at])
        return end

    def _free(self, community: str | None) -> str:
        code = self._maker.make(self._kind.name, community)
        while code in self._given:
            code = self._maker.make(self._kind.name, community)
        self._given.add(code)
        return code

    def _made(self, draft: Draft) -> str | None:
        community = draft.values.get("community")
        try:
            if self._kind.name == "districts" and "code" not in self._columns.of:
                return self._district()
            if self._kind.name in _PROVISIONAL:
                return self._provisional(draft)
            return self._free(None if community is None else str(community))
        except InvalidInput as error:
            draft.problems.append(self._reader.problem(draft.number, error.message, "code"))
            return None

    def _provisional(self, draft: Draft) -> str:
        """Return a provisional code for a street or community without one, of the unit it lies in, and say so once."""
        above = _PROVISIONAL[self._kind.name]
        parent = draft.values.get(above)
        districts = list(self._dataset.of("districts"))
        if parent is None and above == "district" and len(districts) == 1:
            parent = districts[0]
        if parent is None:
            words, wanted = self._kind.words, self._kind.by_name[above].words
            raise InvalidInput(
                Text(
                    f"{words.zh}没有代码，也没有写在哪个{wanted.zh}，编不了临时代码。写上代码，或{wanted.zh}。",
                    f"There is neither a code nor the {wanted.en.lower()} it lies in, so no provisional code can be made. Give one of them.",
                )
            )
        code = provisional_code(str(parent), {*self._dataset.used_codes, *(c for c in self._given if c)})
        if not self._has_provisional:
            self._has_provisional = True
            self._notes.append(
                Text(
                    "没有正式代码的，编了 900 到 999 的临时代码；正式代码以后作为后继单位导入，不改原来的代码。",
                    "What has no official code got a provisional one (900 to 999); the true code comes later as a successor, never in place.",
                )
            )
        self._given.add(code)
        return code

    def _district(self) -> str:
        """Return a six-digit code for a district of a file that has no codes at all, and say so once."""
        used = [int(c) for c in {*self._dataset.used_codes, *self._given} if c and _MADE_DISTRICT.match(c)]
        if not any(_MADE_DISTRICT.match(code or "") for code in self._given):
            self._notes.append(
                Text(
                    "文件里没有区划代码，编了临时代码（99 开头）。有正式代码时用 --map code=列 重新导入。",
                    "The file has no district codes; provisional ones (beginning with 99) are made. With official ones, import again with --map code=COLUMN.",
                )
            )
        code = f"{max(used, default=990000) + 1:06d}"
        self._given.add(code)
        return code
