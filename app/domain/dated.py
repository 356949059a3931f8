"""Values that change on a day: what was before stays true of the days before."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.domain.period import ONE_DAY
from app.domain.record import NO_PAST

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record


def with_value_from(
    record: Record, field: str, value: object, first: date, last: date | None = None
) -> Record:
    """Return the record with ``field`` (or "geometry") holding ``value`` from a day on.

    Until ``last``, or until the next day on which the field changed anyway; before and after stand the
    values that stood there.
    """
    last = None if last == date.max else last  # 9999-12-31 is how other programs write "for ever"
    now: object = record.geometry if field == "geometry" else record.get(field)
    steps: list[tuple[date | None, object]] = [*record.past.get(field, ()), (None, now)]
    changed: list[tuple[date | None, object]] = []
    begin: date | None = None
    for end, old in steps:
        if (begin is None or begin <= first) and (end is None or first <= end):
            if begin is None or begin < first:
                changed.append((first - ONE_DAY, old))
            stop = end if last is None or (end is not None and end <= last) else last
            changed.append((stop, value))
            if stop != end:
                changed.append((end, old))
        else:
            changed.append((end, old))
        begin = None if end is None else end + ONE_DAY
    merged: list[tuple[date | None, object]] = []
    for end, old in changed:
        if merged and merged[-1][1] == old:
            merged[-1] = (end, old)
        else:
            merged.append((end, old))
    past = {name: periods for name, periods in record.past.items() if name != field}
    dated = tuple((end, old) for end, old in merged[:-1] if end is not None)
    if dated:
        past[field] = dated
    latest = merged[-1][1]
    kept = record._replace(past=past or NO_PAST)
    if field == "geometry":
        return kept._replace(geometry=latest)
    return kept.with_values(**{field: latest})  # type: ignore[arg-type]


def with_outline(
    record: Record, outline: BaseGeometry | None, since: date | None, day: date | None = None
) -> Record:
    """Return the record with another outline (degrees), by the rule of every field.

    Without ``since`` the outline that stands on ``day`` (the latest, if none is said) was wrong and is corrected for as
    long as it stood; with it, what was there stays true of the days before.
    """
    if since is not None:
        return with_value_from(record, "geometry", outline, since)
    periods = record.past.get("geometry", ())
    for place, (last, _) in enumerate(periods):
        if day is not None and day <= last:
            mended = (*periods[:place], (last, outline), *periods[place + 1 :])
            return record._replace(past={**record.past, "geometry": mended})
    return record._replace(geometry=outline)
