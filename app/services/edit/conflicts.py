"""A change that met somebody else's: what of it can stand, what is to be chosen, and writing it once that is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.registry.disagreed import disagreed, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.conflict.disagreement import Disagreement
    from app.domain.conflict.merge import Merged
    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.services.registry.disagreed import Wanted
    from app.services.registry.registry import Registry


def brought_back(
    registry: Registry, edits: Sequence[Edit], seen: Dataset, *, verb: str, why: str | None = None
) -> tuple[Wanted, Merged]:
    """Return a change that was decided on ``seen``, elsewhere or earlier, and what becomes of it on the data as it is.

    Its ``edits`` may be written if there are no ``disagreements``; those say who wrote the other side. Where there are,
    ``write_chosen`` takes the change once somebody has chosen. Nothing is written here.
    """
    change = wanted(edits, seen, verb=verb, why=why, recodes=True)
    merged = change.on(registry.dataset, registry.profile)
    return change, merged._replace(disagreements=registry.with_who(merged.disagreements))


def open_disagreements(
    registry: Registry, change: Wanted, choices: Mapping[str, str] | None = None
) -> tuple[Disagreement, ...]:
    """Return what is still to be chosen in a change, with who wrote the other side and when."""
    found = change.on(registry.dataset, registry.profile, choices).disagreements
    return registry.with_who(found)


def chosen_edits(registry: Registry, change: Wanted, choices: Mapping[str, str]) -> Sequence[Edit]:
    """Return the edits of a change by what was chosen: a disagreement's id → base, mine or theirs.

    Raises Disagreed for what nothing was chosen, which may be others than before: the data go on.
    """
    return _edits(registry, registry.dataset, change, choices)


def write_chosen(registry: Registry, change: Wanted, choices: Mapping[str, str]) -> Changes:
    """Write a change by what was chosen, as one step; nothing where nothing of it is left.

    Raises Disagreed, with all that is still to be chosen, where somebody changed one of these things again.
    """
    return registry.write(
        lambda dataset: _edits(registry, dataset, change, choices),
        verb=change.verb,
        why=change.why,
        is_merged=True,
    )


def _edits(
    registry: Registry, dataset: Dataset, change: Wanted, choices: Mapping[str, str]
) -> Sequence[Edit]:
    merged = change.on(dataset, registry.profile, choices)
    if merged.disagreements:
        raise disagreed(merged.disagreements, change, dataset, registry.profile)
    return merged.edits
