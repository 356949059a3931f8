"""The measures of a profile as choices: each by its id and words, stations once for each usual distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.text import Text

if TYPE_CHECKING:
    from app.domain.profile import Profile

STATION: Final = "station"
USUAL_METRES: Final = (300, 500, 1000)


def measure_choices(profile: Profile) -> list[tuple[str, Text]]:
    """Return (id, words) of every measure; each kind of station once for each usual distance."""
    choices: list[tuple[str, Text]] = []
    for spec in profile.measures.values():
        if spec.id != STATION:
            choices.append((spec.id, spec.words))
            continue
        choices += [
            (f"{STATION}:{kind}:{metres}", measure_words(profile, f"{STATION}:{kind}:{metres}"))
            for kind in profile.choices["station_kind"]
            for metres in USUAL_METRES
        ]
    return choices


def measure_words(profile: Profile, measure: str) -> Text:
    """Return the words of a measure's id, whatever the distance of its stations."""
    name, _, rest = measure.partition(":")
    spec = profile.measures.get(name)
    if spec is None:
        return Text(measure, measure)
    if not rest:
        return spec.words
    kind, _, metres = rest.partition(":")
    said = profile.choices["station_kind"].get(kind, Text(kind, kind))
    return Text(
        spec.words.zh.format(kind=said.zh, metres=metres), spec.words.en.format(kind=said.en, metres=metres)
    )


def weights_of(profile: Profile, measure: str) -> tuple[str, ...]:
    """Return the weights that a measure allows, its default first."""
    spec = profile.measures.get(measure.partition(":")[0])
    return () if spec is None else spec.weights
