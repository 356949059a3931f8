"""A shared registry while its server can't be reached: how that stands, what waits, and what one may do about it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.edits import Changes
from app.errors import InvalidInput
from app.persistence.shared.address import address_of
from app.persistence.shared.mirror.place import folder_of, is_wanted, want
from app.services.registry.again import Again, Done, new_change
from app.services.registry.differences import differing
from app.services.registry.disagreed import Disagreed
from app.services.registry.returning import brought, leans, live_of, question
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.domain.conflict.disagreement import Disagreement
    from app.persistence.journal_values import Change
    from app.services.registry.disagreed import Wanted
    from app.services.registry.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A change that could not be brought back and waits for the user's word: what was done, and why it could not."""

    step: Change
    why: Text

    @property
    def change(self) -> str:
        """The change's id."""
        return self.step.change


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """How a desk stands towards its server.

    Attributes
    ----------
    is_away
        Whether it goes on from the copy on this computer; then ``since`` says since when (UTC), ``waiting`` what waits to be
        brought back, oldest first.
    undecided
        What was brought back to no avail and waits for the user's word.
    copied
        The moment (UTC) up to which this computer's copy is what the server was, "" where there is none; ``fault`` says why it
        is not kept up, or where one went that could not be read; None where all is well.
    place
        The folder of the copy.
    set_aside
        Which copy could not be used, since the registry was opened, with what may wait in it; None where none was.

    """

    is_away: bool
    since: str
    waiting: tuple[Change, ...]
    undecided: tuple[Undecided, ...]
    copied: str
    fault: Text | None
    place: Path
    set_aside: Text | None = None


def how_it_stands(registry: Registry) -> Away | None:
    """Return how a registry stands towards its server, None where it has none or no desk has it open."""
    desk = registry.desk
    if desk is None:
        return None
    waiting = desk.waiting()
    live = live_of(waiting, set())  # what was taken back again is not brought
    return Away(
        is_away=desk.is_away,
        since=desk.since,
        waiting=tuple(change for change in waiting if change.change in live),
        undecided=tuple(_undecided(one.told, one.why) for one in desk.kept()),
        copied=desk.mirror_at,
        fault=desk.fault,
        place=desk.folder,
        set_aside=desk.unread,
    )


def _undecided(told: str, why: str) -> Undecided:
    reason = json.loads(why)
    return Undecided(step=question(told)[0], why=Text(reason["zh"], reason["en"]))


def unsent_at(place: Path) -> int:
    """Return how many changes that were entered here without the server are not on it yet; 0 of a file."""
    address = address_of(place)
    if address is None:
        return 0
    from app.persistence.shared.mirror.unsent import unsent_of  # what it rests on takes long to load

    return unsent_of(address)


def try_now(registry: Registry) -> None:
    """Ask at once whether the server is back."""
    if registry.desk is not None:
        registry.desk.try_now()


def forget(registry: Registry) -> None:
    """Take the copy of an open registry off this computer and make none again. Raises StorageFault where something waits in it."""
    if registry.desk is not None:
        registry.desk.forget()


def keeps_copy(place: Path) -> bool:
    """Whether a copy of an address may lie on this computer."""
    address = address_of(place)
    return address is not None and is_wanted(address)


def may_keep_copy(place: Path, *, may: bool) -> None:
    """Say whether a copy of an address may lie on this computer; from the next opening on. Raises OSError."""
    address = address_of(place)
    if address is not None:
        want(address, is_wanted=may)


def place_of_copy(place: Path) -> Path | None:
    """Return the folder of an address's copy, there or not; None for a file."""
    address = address_of(place)
    return None if address is None else folder_of(address)


def disagreements(registry: Registry, change: str) -> tuple[Disagreement, ...]:
    """Return where a change that waits for the user's word does not fit what the registry holds now, and who wrote that.

    () where it fits, and of one that does not wait any more.
    """
    found = _kept(registry, change)
    if found is None or found[1] is None:
        return ()
    try:
        Again(registry.was_given).edits(found[1], registry.dataset, registry.profile)
    except Disagreed as error:
        return registry.with_who(error.disagreements)
    return ()


def decide(registry: Registry, change: str, choices: Mapping[str, str]) -> Changes:
    """Write what is left of a change once a side is chosen for each of its disagreements, by their ids.

    What waited only because it builds upon it comes back, too. Raises Disagreed, and writes nothing, where one is not
    chosen: it waits on where it did. InvalidInput where the registry's rules refuse it.
    """
    found = _kept(registry, change)
    if found is None:
        raise InvalidInput(Text("这处修改不再等着了。", "This change does not wait any more."))
    done, decided = found
    if decided is None:
        raise InvalidInput(
            Text(
                "这些记录不再归您，送不回了。可以存成文件交给管理的人，或者放弃。",
                "These records are not yours any more. Save the change for whoever keeps the registry, or give it up.",
            )
        )
    again = Again(registry.was_given)
    try:
        changes = registry.bring(
            lambda dataset: again.edits(decided, dataset, registry.profile, choices)[0],
            new_change(registry, done),
        )
    except Disagreed as error:  # without the change itself, which nobody is to keep a second time
        raise Disagreed(error.message, error.problems, error.disagreements) from error
    news = drop(registry, change)
    codes = tuple(dict.fromkeys((*changes.codes, *news.codes)))
    return replace(changes, codes=codes, kinds=changes.kinds | news.kinds)


def drop(registry: Registry, change: str) -> Changes:
    """Give up a change that waits for the user's word; return what came back that waited for it alone."""
    desk, before = registry.desk, registry.dataset
    if desk is None:
        return Changes(None, "refresh", ())
    desk.let_go_of(change)
    kept = desk.kept()
    leaning = [one for one in kept if leans(one)]
    if not leaning or desk.is_away:
        return Changes(None, "refresh", ())
    done, hidden = [], []
    for one in leaning:
        told, decided = question(one.told)
        if decided is None:
            hidden.append(one)
        else:
            done.append(Done(told, decided))
    left = brought(registry, done, [one for one in kept if one not in leaning])
    places = {one.id: at for at, one in enumerate(kept)}
    desk.keep(sorted([*hidden, *left], key=lambda one: places[one.id]))
    return differing(before, registry.dataset)


def _kept(registry: Registry, change: str) -> tuple[Change, Wanted | None] | None:
    kept = () if registry.desk is None else registry.desk.kept()
    return next((question(one.told) for one in kept if one.id == change), None)
