"""What a cell refers to: by code, by a firm's credit code, as templates write it, or by a name that only one can mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.codes.codes import normal_code
from app.domain.kinds import KINDS
from app.errors import InvalidInput
from app.exchange.values.plain import folded
from app.exchange.who.references import References
from app.exchange.who.unclear import label_of, unclear
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.dataset import Dataset
    from app.domain.identity.units import Tree
    from app.domain.kinds import Field
    from app.domain.record import Record, Value

_QUOTES: Final = " \t\n\u3000\u00a0'’‘`＇\""
_CUT: Final = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+")  # a code that a spreadsheet took for a number
_DIGITS_LOST: Final = Text(
    "表格软件把代码当数字，后面的位数已经丢了。把这一列设成文本格式，重新填。",
    "The spreadsheet took the code for a number and cut its digits. Format the column as text and fill it again.",
)


class Referred(NamedTuple):
    """What a cell refers to: a ``code``, or a name (or code) to be looked for among the rows of the same file."""

    code: str | None = None
    later: str | None = None


class Dispute(NamedTuple):
    """That a row names two units of which one does not lie in the other: what is said, and of which field's value."""

    message: Text
    field: str
    said: str


class Referrer:
    """Resolves the references of the rows of one file."""

    def __init__(self, dataset: Dataset, kind: str, tree: Tree, answers: Mapping[str, str]) -> None:
        self._dataset, self._kind, self._tree, self._answers = dataset, kind, tree, answers
        self._references = References(dataset, tree)
        self._by_code: dict[tuple[str, str], Referred] = {}
        self.asked: dict[str, tuple[tuple[str, str], ...]] = {}  # name → code and label of whom it may mean
        self._credit = {
            str(firm.get("credit_code")): firm.code
            for firm in dataset.of("firms").values()
            if firm.get("credit_code") is not None
        }

    def refer(self, own: Field, raw: object, values: Mapping[str, Value]) -> Referred:
        """Return what a cell of the field ``own`` refers to, in a row that says ``values`` so far.

        Raises
        ------
        InvalidInput
            If nobody has the name or several have it, with the candidates; if the cell has lost its digits.

        """
        text = str(int(raw) if isinstance(raw, float) and raw.is_integer() else raw).strip()
        known = self._by_code.get((own.name, text))
        if known is not None:
            return known
        written = text
        text = self._answers.get(text, text)
        labelled = self._labelled(own, text)
        if labelled is not None:
            return Referred(labelled)
        text = text.strip(_QUOTES)
        text = self._answers.get(text, text)
        forms = [text]
        for kind in own.to:
            try:
                forms.append(normal_code(kind, text))
            except InvalidInput:
                continue  # not a code of this kind: it may be one of another, or a name
        for form in forms:
            other = self._dataset.find(form)
            if other is not None and other.kind in own.to:
                found = self._by_code[own.name, written] = Referred(form)
                return found
        if "firms" in own.to and text.upper() in self._credit:
            return Referred(self._credit[text.upper()])
        if _CUT.fullmatch(text):
            raise InvalidInput(_DIGITS_LOST)
        chain = self._tree.chain(values)
        meant = self._references.find(own.to, text, chain)
        if meant.code is not None:
            return Referred(meant.code)
        if self._kind in own.to:
            return Referred(later=text)
        if text.isdigit() and not meant.several:
            return Referred(forms[-1])  # an unknown code: the rules say so
        near = () if meant.several else self._references.nearest(own.to, text, chain)
        self.asked[text] = tuple((r.code, label_of(r)) for r in meant.several or near)
        raise unclear(own, text, meant.several, near)

    def record(self, code: str) -> Record | None:
        """Return the registered record of a code."""
        return self._dataset.find(code)

    def dispute(self, values: Mapping[str, Value], before: Record | None) -> Dispute | None:
        """Return how the units that a row names contradict each other; None where the registry says so already."""
        found = self._tree.dispute(values)
        if found is None:
            return None
        if before is not None and all(before.get(n) == values.get(n) for n in (found.field, found.below)):
            return None
        fields = KINDS[self._kind].by_name
        said, lies = (self._dataset.find(code) for code in (found.said, found.found))
        upper, lower = fields[found.field].words, fields[found.below].words
        at = found.said if said is None else label_of(said)
        inside = found.found if lies is None else label_of(lies)
        message = Text(
            f"这一行的{lower.zh}在 {inside}，{upper.zh}却写着 {at}。改对其中一列。",
            f"The {lower.en.lower()} of this row lies in {inside}, but its {upper.en.lower()} says {at}. Correct one of the two.",
        )
        return Dispute(message, found.field, found.said)

    def _labelled(self, own: Field, text: str) -> str | None:
        """Return the code of what a template writes as code and name: ``C000001 大关东三苑``."""
        head, _, name = text.partition(" ")
        other = self._dataset.find(head) if name else None
        if other is None or other.kind not in own.to:
            return None
        called = label_of(other).partition(" ")[2]
        if " ".join(name.split()) not in (called, " ".join(folded(called).split())):
            raise InvalidInput(
                Text(
                    f"{head} 叫“{called}”，不叫“{name}”。改对，或只写代码。",
                    f"{head} is called {called!r}, not {name!r}. Correct it, or write the code alone.",
                )
            )
        return head
