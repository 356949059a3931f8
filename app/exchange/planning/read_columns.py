"""One column of a table as the values of a field: each form that its cells have is read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.values import is_empty
from app.errors import InvalidInput
from app.exchange.values.outcome import CLEARED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from app.exchange.values.cells import CellReader
    from app.text import Text

_NUMBERS: Final = frozenset({int, float, bool})  # of which 1, 1.0 and True are one key, and three forms
_FEW: Final = 256  # texts from which it pays to tell of all at once which are values as they stand


@dataclass(slots=True)
class ReadColumn:
    """What a column says, row by row. ``values``: None where nothing is written; ``bad``: rows whose cell can't be taken.

    ``said``: form → what its reading passed over, for those rows only that have such forms.
    """

    name: str
    cells: Sequence[Any]
    values: Sequence[Any]
    bad: NDArray[np.bool_] | None = None
    said: dict[Any, tuple[Text, Any]] = field(default_factory=dict)


def read_column(
    name: str, cells: Sequence[Any], reader: CellReader, taken: Callable[[str, Any], Any]
) -> ReadColumn:
    """Return what the cells of a field's column say. ``taken``: makes of what a cell means what a record keeps."""
    if len(_NUMBERS.intersection(map(type, cells))) > 1:
        keys: Sequence[Any] = [(type(cell), cell) for cell in cells]
        forms = {key: key[1] for key in keys}
    else:
        keys = cells
        forms = {cell: cell for cell in _to_be_read(dict.fromkeys(cells), reader)}
    values: dict[Any, Any] = {}
    said: dict[Any, tuple[Text, Any]] = {}
    bad: set[Any] = set()
    for key, raw in forms.items():
        if is_empty(raw):
            values[key] = None
            continue
        meaning = reader.read_once(raw).meaning
        values[key] = None
        if meaning is None or meaning is CLEARED:
            bad.add(key)
            continue
        try:
            values[key] = None if meaning.value is None else taken(name, meaning.value)
        except InvalidInput:
            bad.add(key)
        if meaning.said is not None:
            said[key] = (meaning.said, meaning.value)
    return ReadColumn(
        name,
        keys,
        list(map(values.get, keys, cells)),
        np.fromiter([key in bad for key in keys], bool, len(keys)) if bad else None,
        said,
    )


def _to_be_read(forms: dict[Any, None], reader: CellReader) -> Iterable[Any]:
    """Return the forms that have to be read: of a long column of texts those that are no values as they stand."""
    if len(forms) < _FEW:
        return forms
    texts = [form for form in forms if type(form) is str and form and not form.isspace()]
    odd = reader.odd_texts(texts)
    if odd is None:
        return forms
    others = forms.keys() - set(texts) if len(texts) < len(forms) else ()
    return [*odd, *others]
