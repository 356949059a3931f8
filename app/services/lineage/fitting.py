"""What can be merged with what, and what is to be known of the outline that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, UNIT_KINDS
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record

_HOLE: Final = Text(
    "合并后的边界里有一个洞，洞里是别的单元或空地。",
    "The joint outline has a hole, with another unit or bare ground in it.",
)
_TORN: Final = Text("合并后的边界不连成一块。", "The joint outline is in pieces.")


def must_fit(sources: Sequence[Record]) -> None:
    """Raise InvalidInput unless these are two records or more of one kind."""
    said = None
    if len(sources) < 2:
        said = Text("合并要两条或更多。", "It takes two records or more to merge.")
    elif len({record.kind for record in sources}) > 1:
        words = [KINDS[kind].words for kind in dict.fromkeys(record.kind for record in sources)]
        said = Text(
            f"{'和'.join(one.zh for one in words)}不能合并到一起。一次合并一类。",
            f"{' and '.join(one.en for one in words)} can't be merged with each other. Merge one kind at a time.",
        )
    if said is not None:
        raise InvalidInput(said, tuple(Problem(message=said, code=record.code) for record in sources))


def must_lie_together(sources: Sequence[Record]) -> None:
    """Raise InvalidInput for units under different ones: merged, they would lie across a border above them."""
    kind = KINDS[sources[0].kind]
    if kind.name not in UNIT_KINDS:
        return
    for field in kind.parents:
        above = {record.text(field): record for record in sources if record.get(field) is not None}
        if len(above) > 1:
            words = kind.by_name[field].words
            named = list(above)
            said = Text(
                f"{'、'.join(record.code for record in above.values())} 属于不同的{words.zh}（{'、'.join(named)}）。"
                f"先改它们的{words.zh}，或先合并{words.zh}。",
                f"{', '.join(record.code for record in above.values())} lie in different units ({words.en}: {', '.join(named)}). "
                "Change that first, or merge those first.",
            )
            raise InvalidInput(
                said,
                tuple(Problem(message=said, code=record.code, column=field) for record in above.values()),
            )


def notes_on(whole: BaseGeometry, shapes: Sequence[BaseGeometry]) -> list[Text]:
    """Return what is to be known of a joint outline: that it has a hole, or is in pieces."""
    notes = []
    if _holes(whole) > sum(map(_holes, shapes)):
        notes.append(_HOLE)
    if _pieces(whole) > max(map(_pieces, shapes)):
        notes.append(_TORN)
    return notes


def _holes(shape: BaseGeometry) -> int:
    return sum(len(part.interiors) for part in getattr(shape, "geoms", [shape]))


def _pieces(shape: BaseGeometry) -> int:
    return len(getattr(shape, "geoms", [shape]))
