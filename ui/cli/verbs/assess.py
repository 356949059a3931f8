"""The verb that assesses a record by a declared scheme."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY, pairs
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from datetime import date

    from app.domain.profile.declared import Scheme
    from app.domain.rating import Rating
    from ui.cli.output import Output


@verb()
@REGISTRY
@click.argument("subject")
@click.argument("scheme")
@click.argument("scores", nargs=-1, required=True, metavar="ITEM=SCORE…")
@click.option("--on", type=DAY)
@click.option("--why")
def assess(
    output: Output,
    registry: Path,
    subject: str,
    scheme: str,
    scores: tuple[str, ...],
    on: date | None,
    why: str | None,
) -> None:
    """Assess a record by a scheme of the profile; an item left out is not assessed."""
    from app.domain.period import today
    from app.domain.rating import assessments_of, rate
    from app.services.edit.assess import assess as write
    from app.services.edit.assess import scheme_for

    with opened(output, registry) as opened_registry:
        changes = write(opened_registry, subject, scheme, pairs(scores), on=on, why=why)
        record = opened_registry.find(subject)
        spec = scheme_for(opened_registry.profile, record, scheme, on or today())
        made = assessments_of(opened_registry.dataset, record.code, spec.id, on or today())
        rating = rate(spec, {} if made is None else made.scores)
        if output.as_json:
            said = {"scheme": spec.id, "version": spec.version, **rating.as_json(output.lang)}
            output.document({**changes.as_json(output.lang), "rating": said})
            return
        tell_changes(output, changes)
        output.say(rating_words(spec, rating))


def rating_words(scheme: Scheme, rating: Rating) -> Text:
    """Return a rating as a sentence."""
    stars = ("", "")
    if rating.stars_low is not None:
        both = f"{rating.stars_low}–{rating.stars_high}" if rating.stars is None else f"{rating.stars}"
        stars = (f"{both} 星", f"{both} stars")
    points = f"{rating.points:g} / {rating.full:g}"
    zh, en = [points], [points]
    if rating.missing:
        share = f"{rating.low:.1%}–{rating.high:.1%}"
        zh += [share, f"{len(rating.missing)} 项未评"]
        en += [share, f"{len(rating.missing)} items not assessed"]
    return Text(
        f"{scheme.words.zh} v{scheme.version}：" + " · ".join(part for part in (stars[0], *zh) if part),
        f"{scheme.words.en} v{scheme.version}: " + " · ".join(part for part in (stars[1], *en) if part),
    )
