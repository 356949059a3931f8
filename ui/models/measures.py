"""The measures of a profile as choices: each by its id and words, stations once for each usual distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.coverage.measures import STATION, is_measure, measure_groups, measure_words, parse_measure
from app.domain.kinds import LEVELS
from app.text import Text

if TYPE_CHECKING:
    from app.domain.profile.profile import Profile

USUAL_METRES: Final = (300, 500, 1000)

Choices = list[tuple[str, Text]]


def grouped_choices(profile: Profile) -> list[tuple[Text, Choices]]:
    """Return headings with (id, words) of their measures; each kind of station once for each usual distance."""
    return [
        (heading, [(name, measure_words(profile, name)) for given in names for name in _distances(given)])
        for _, heading, names in measure_groups(profile)
    ]


def measure_choices(profile: Profile) -> Choices:
    """Return (id, words) of every measure, in the order of the groups."""
    return [choice for _, choices in grouped_choices(profile) for choice in choices]


def _distances(name: str) -> list[str]:
    head, _, rest = name.partition(":")
    if head != STATION:
        return [name]
    kind = rest.partition(":")[0]
    return [f"{STATION}:{kind}:{metres}" for metres in USUAL_METRES]


def weights_of(profile: Profile, measure: str) -> tuple[str, ...]:
    """Return the weights that a measure allows, its default first."""
    return parse_measure(profile, measure).spec.weights if is_measure(profile, measure) else ()


def unit_of(profile: Profile, measure: str) -> str:
    """Return the unit of a ratio's two numbers, as the profile writes it; "" for what is counted."""
    ratio = parse_measure(profile, measure).spec.ratio if is_measure(profile, measure) else None
    return profile.facts[ratio[0]].unit if ratio is not None else ""


def finest_level(profile: Profile, measure: str, by: str) -> str:
    """Return the level to ask a measure by: ``by``, unless it is below the units that the measure is about."""
    own = parse_measure(profile, measure).spec.subject
    return own if own in LEVELS and LEVELS.index(by) > LEVELS.index(own) else by
