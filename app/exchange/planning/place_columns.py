"""How the coordinates of a source are to be read: its own word, its headings', or the user's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.errors import InvalidInput, Problem
from app.exchange.coordinates import NeedsLocalParameters, georeference
from app.exchange.headings import PLACE_FIELDS, crs_of
from app.exchange.planning.crs_advice import crs_advice
from app.exchange.readings import reading_said
from app.exchange.sheets.records import filled_in_any
from app.text import Text

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.exchange.coordinates import Georeference
    from app.exchange.mapping.columns import Columns
    from app.exchange.reader import Source
    from app.exchange.request import ImportRequest

_SWAPPED: Final = Text("每对坐标交换着读。", "The two numbers of each place are read exchanged.")


def how_drawn(
    source: Source, request: ImportRequest, columns: Columns, dataset: Dataset
) -> Georeference | None:
    """Return how the file's coordinates are read, None where it has none; a wrong word is refused all the same."""
    places = [columns.of[name] for name in PLACE_FIELDS if name in columns.of]
    is_drawn = source.has_outlines or bool(filled_in_any(columns.rows, places).any())
    has_place = KINDS[request.kind].is_layer and is_drawn
    if not has_place and not (request.crs or request.datum or request.read_as):
        return None
    reading = None if request.read_as is None else reading_said(request.read_as)
    said_crs = (reading.crs if reading else None) or request.crs
    said_datum = (reading.datum if reading else None) or request.datum
    stated = {crs for place in places if (crs := crs_of(columns.names[place])) is not None}
    of_headings = stated.pop() if len(stated) == 1 and source.crs is None else None
    try:
        how = georeference(
            (source.crs or of_headings) if has_place else None,
            said_crs,
            said_datum,
            is_table=not (has_place and source.has_outlines),
            file_format=source.format,
        )
    except InvalidInput as error:
        name, said = source.path.name, error.message
        is_older = isinstance(error, NeedsLocalParameters)
        if has_place and said_crs is None and said_datum is None and not is_older:
            advice = crs_advice(source, columns, dataset)
            if advice is not None:
                said = Text(f"{_first(said.zh)}{advice.zh}", f"{_first(said.en)} {advice.en}")
        message = Text(f"{name}：{said.zh}", f"{name}: {said.en}")
        raise InvalidInput(message, (Problem(message=said, file=name, sheet=source.sheet),)) from error
    if reading is not None and reading.is_swapped:
        how = replace(how, is_swapped=True, notes=(*how.notes, _SWAPPED))
    return how if has_place else None


def _first(text: str) -> str:
    """Return a text's first sentence: what is missing, before how to say it."""
    return re.split(r"(?<=。)|(?<=\.)(?= )", text)[0]
