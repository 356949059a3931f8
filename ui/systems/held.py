"""What the shipped profiles declare for each of the thirty-five systems, and where the window shows and enters it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from app.services.profile.profiles import city_profiles, load_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.profile.profile import Profile
    from ui.systems.table import System

Cities = tuple[str, ...]  # the profiles that declare something; () = every one
_DIALOGS: Final = {  # the kind that a dialog of the window writes
    "attachments": "attach.dialog",
    "engagements": "attach.dialog",
    "links": "attach.dialog",
    "assessments": "assess.dialog",
    "cases": "case.dialog",
    "entries": "entry.dialog",
    "stations": "station.dialog",
    "compounds": "compound.dialog",
    "firms": "credit.dialog",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the profiles declare for a system, each name with the cities that have it."""

    facts: Mapping[str, Cities]
    checklists: Mapping[str, Cities]
    schemes: Mapping[str, Cities]
    relations: Mapping[str, Cities]
    measures: Mapping[str, Cities]
    stages: tuple[str, ...]
    kinds: tuple[str, ...]  # that are imported for it
    widgets: tuple[str, ...]  # where the window shows it
    dialogs: tuple[str, ...]  # in which it is entered, besides the inspector


def held(system: System) -> Held:
    """Return what the shipped profiles declare for a system, and where that is imported and shown."""
    profiles = _profiles()
    number = system.number

    def named(of: str) -> dict[str, Cities]:
        found: dict[str, list[str]] = {}
        for profile in profiles:
            for name, spec in _declared(profile, of):
                if number in spec:
                    found.setdefault(name, []).append(profile.id)
        return {name: () if len(own) == len(profiles) else tuple(own) for name, own in found.items()}

    facts, checklists, schemes = named("facts"), named("checklists"), named("schemes")
    relations, measures = named("relations"), named("measures")
    stages = (
        tuple(s.stage for s in profiles[0].adoption.stages) if number in profiles[0].adoption.systems else ()
    )
    kinds = [name.partition(".")[0] for name in system.fields]
    kinds += ["facts"] * bool(facts) + ["assessments"] * bool(schemes)
    kinds += ["links"] * bool(relations) + ["engagements"] * bool(stages)
    groups = {fact.group for profile in profiles for key, fact in profile.facts.items() if key in facts}
    parts = {"parts": "inspector.three_no"}
    widgets = [parts.get(group, f"inspector.group.{group}") for group in sorted(groups)]
    widgets += [
        name
        for name, is_there in (
            ("inspector.ledger", checklists),
            ("inspector.assessments", schemes),
            ("inspector.relations", relations),
            ("coverage.table", measures),
        )
        if is_there
    ]
    return Held(
        facts=facts,
        checklists=checklists,
        schemes=schemes,
        relations=relations,
        measures=measures,
        stages=stages,
        kinds=tuple(dict.fromkeys(kinds)),
        dialogs=tuple(
            dict.fromkeys(
                [*(_DIALOGS[kind] for kind in kinds if kind in _DIALOGS), *["adopt.dialog"] * bool(stages)]
            )
        ),
        widgets=tuple(dict.fromkeys([*widgets, *system.widgets, *(f"topics.{t}" for t in system.topics)])),
    )


@cache
def _profiles() -> tuple[Profile, ...]:
    return tuple(load_profile(name) for name in city_profiles())


def _declared(profile: Profile, of: str) -> Iterable[tuple[str, tuple[int, ...]]]:
    if of == "schemes":
        return [(name, versions[-1].systems) for name, versions in profile.schemes.items()]
    return [(name, spec.systems) for name, spec in getattr(profile, of).items()]
