"""One column of the attribute table, and how texts and numbers become one: values only."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.text.name_order import name_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from app.text import Text

_PIECE: Final = 8192


@dataclass(frozen=True, eq=False)
class Column:
    """One column: what is read, what it sorts by, and the tone of each cell (yes, no, unknown or "")."""

    id: str
    words: Text
    texts: Sequence[str]
    ranks: NDArray[np.float64]
    is_number: bool = False
    tones: Sequence[str] | None = None
    width: int = 96


def text_ranks(texts: Sequence[str]) -> NDArray[np.float64]:
    """Return ranks in the order of names for people.

    Sorted in pieces, so that a worker never holds the interpreter for long.
    """
    distinct = iter(set(texts))
    pieces = []
    while piece := list(islice(distinct, _PIECE)):
        pieces.append(sorted(zip(name_keys(piece), piece, strict=True)))
    rank = {text: place for place, (_, text) in enumerate(heapq.merge(*pieces))}
    return np.fromiter((rank[text] for text in texts), dtype=np.float64, count=len(texts))


def text_column(
    name: str, said: Text, texts: list[str], width: int, tones: list[str] | None = None
) -> Column:
    """Return a column of words, sorted as people sort them; ``tones``: yes, no or unknown."""
    return Column(name, said, texts, text_ranks(texts), tones=tones, width=width)


def number_column(name: str, said: Text, values: list[float | None], form: str, width: int) -> Column:
    """Return a column of numbers; None is a dash and sorts last."""
    ranks = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    texts = ["—" if v is None else form.format(v) for v in values]
    return Column(name, said, texts, ranks, is_number=True, width=width)


def word_of(choices: Mapping[str, Text], value: str, lang: str) -> str:
    """Return a choice in words, as it is where there are none."""
    return choices[value].in_(lang) if value in choices else value
