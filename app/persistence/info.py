"""What a registry says of itself, by key: its profile and working zone among it, each put in place of the one that was read."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from app.errors import Conflict
from app.persistence import spelled
from app.persistence.files.checksum import row_checksum
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.persistence.journal_values import ProfileText, ZoneChange
    from app.persistence.reading import Runs


def write_info(connection: Runs, info: Mapping[str, str]) -> None:
    """Keep what the registry says of itself, each by its key."""
    for key, value in info.items():
        row = connection.exec_driver_sql(spelled.INFO_OF, (key,)).first()
        head = [row[0] if row else str(uuid.uuid4()), key, value]
        check = row_checksum(head)
        if row is None:
            connection.exec_driver_sql(spelled.INFO_IN, (*head, check))
        else:
            connection.exec_driver_sql(spelled.INFO_SET, (value, check, key))


def replace_profile(connection: Runs, profile: ProfileText) -> str:
    """Put a profile's text in place of the one it was decided on, and return the id of its row."""
    row = connection.exec_driver_sql(spelled.INFO_OF, ("profile",)).one()
    if row[1] != profile.before:
        raise Conflict(
            Text(
                "口径刚被别人换过，没有写入。看过新口径再换。",
                "The profile was just replaced by somebody else; nothing was written. Look at it first.",
            )
        )
    write_info(connection, {"profile": profile.after})
    return str(row[0])


def replace_zone(connection: Runs, zone: ZoneChange) -> str:
    """Put a working zone in place of the one it was decided on, and return the id of its row."""
    row = connection.exec_driver_sql(spelled.INFO_OF, ("zone",)).first()
    kept = None if row is None else row[1]
    if kept not in (None, zone.before):
        raise Conflict(
            Text(
                "坐标带刚被别人换过，没有写入。看过再换。",
                "The working zone was just changed by somebody else; nothing was written. Look at it first.",
            )
        )
    write_info(connection, {"zone": zone.after})
    return str(connection.exec_driver_sql(spelled.INFO_OF, ("zone",)).one()[0])
