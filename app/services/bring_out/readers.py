"""What may go to whom, asked before anything is gathered; and what left, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.audience import Audience
from app.domain.kinds import KINDS
from app.domain.period import today
from app.domain.vocabulary import LEVEL_HEADINGS
from app.errors import InvalidInput
from app.exchange.formats.audience import FIGURES, audience_of, columns_of
from app.services.bring_out.public_measures import refuse_for_readers
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.profile.profile import Profile
    from app.services.bring_out.export_data import ExportRequest
    from app.services.registry.registry import Registry

_BY_TABLE: Final = {kind.table: kind for kind in KINDS.values()}


def why_not(registry: Registry, request: ExportRequest) -> Text | None:
    """Return why a request can't leave as it stands, None where it can; cheap, nothing is counted for it."""
    engine, audience = registry.engine, audience_of(request.audience)
    try:
        for query in request.queries():
            _, weight = engine.check(query)
            refuse_for_readers(engine.profile, query, audience, weight=weight, today=today())
    except InvalidInput as error:
        return error.message
    return None


def fields_in_words(profile: Profile, fields: Iterable[str], lang: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return what left, ``layer.field``, as people read it: each layer with its columns, in the order of its table."""
    by_layer: dict[str, set[str]] = {}
    for field in fields:
        layer, _, name = field.partition(".")
        by_layer.setdefault(layer, set()).add(name)
    found = []
    for layer, kind in _BY_TABLE.items():
        if layer not in by_layer:
            continue
        columns = (*columns_of(layer, Audience.INTERNAL, profile), *FIGURES)
        words = {column.name: column.words.in_(lang) for column in columns if column.name in by_layer[layer]}
        heading = LEVEL_HEADINGS.get(layer, kind.words)
        found.append((heading.in_(lang), tuple(words.values())))
    return found
