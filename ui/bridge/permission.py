"""May this be written on this day? One answer for actions, keys, menus, palette, buttons, boxes and sheets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.period import today
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.services.registry.registry import Registry

NO_REGISTRY: Final = Text("还没有打开台账", "No registry is open")
_PAST: Final = Text(
    "看的是 {} 的台账，只能看；回到今天再改", "The registry of {} is shown, to read only; go back to today"
)
_FUTURE: Final = Text(
    "看的是 {}，这一天还没到；回到今天再改", "{} is shown, a day to come; go back to today to change things"
)
_UNSETTLED: Final = Text(
    "另一个程序改过这个文件：先定下 {} 处改动，再改别的",
    "Another program edited this file: settle its {: edit|edits} before anything else is changed",
)


def why_locked(registry: Registry | None, as_of: date, *, is_settling: bool = False) -> Text | None:
    """Return why nothing may be written into a registry while a day is shown; None where it may.

    ``is_settling``: asked for taking or turning back what another program edited, for which all else waits.
    """
    if registry is None:
        return NO_REGISTRY
    if registry.is_read_only:
        return registry.why_read_only
    if registry.foreign and not is_settling:
        return _UNSETTLED.format(len(registry.foreign))
    if as_of != today():
        return (_PAST if as_of < today() else _FUTURE).format(as_of)
    return None
