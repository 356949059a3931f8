"""What was decided of imported files, kept for the next of the same source beside the settings, shared by window and commands.

A source is a kind and the headings of a table: no path, no cell of a record. Two processes may write at once: each
puts a whole file in place of the other's.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from app.errors import StorageFault
from app.exchange.habits import Habit, Habits, shape_of
from app.exchange.mapping.meaning import wanted_in
from app.exchange.sheets.choose import table_of
from app.files import write_over
from app.persistence.files.own_settings import beside, settings_file
from app.services.bring_in.import_data import source_of
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.domain.edits import Changes
    from app.exchange.habits import Key
    from app.exchange.planning.plan import Plan
    from app.exchange.request import ImportRequest
    from app.jobs import Ticket
    from app.services.registry.registry import Registry

__all__ = ["Habit", "Habits", "forget_habit", "forget_source", "kept_habits", "learn", "path_beside"]

_ENDING: Final = ".habits.json"
_ASIDE: Final = ".habits.damaged.json"
_MOST: Final = 500  # sources that are kept; the one that was longest without use goes first


def path_beside(settings: Path) -> Path:
    """Return where habits are kept for a settings file."""
    return beside(settings, _ENDING)


def kept_habits(path: Path | None = None) -> Habits:
    """Return what is kept; a damaged file is put aside, and ``note`` says so."""
    place = path or path_beside(settings_file())
    try:
        text = place.read_text("utf-8")
    except FileNotFoundError:
        return Habits()
    except (OSError, UnicodeDecodeError) as error:
        return _set_aside(place, error)
    try:
        habits = [_habit(one) for one in json.loads(text)["sources"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        return _set_aside(place, error)
    return Habits(of={habit.key: habit for habit in habits})


def learn(plan: Plan, changes: Changes, path: Path | None = None) -> None:
    """Keep what the user decided of a file, once it was brought in; nothing where the request wants no habits.

    Raises
    ------
    StorageFault
        If it can't be kept; what was brought in stays.

    """
    if plan.request.habits is None or changes.change is None:
        return
    place = path or path_beside(settings_file())
    key = (plan.request.kind, plan.headings)
    kept = dict(kept_habits(place).of)
    before, lesson = kept.pop(key, None), plan.lesson
    habit = lesson if before is None else before if lesson is None else before.with_lesson(lesson)
    if habit is None:
        return
    kept[key] = habit
    _keep(place, dict(list(kept.items())[-_MOST:]))


def forget_habit(kind: str, headings: tuple[str, ...], path: Path | None = None) -> bool:
    """Forget what was decided of a source; return whether anything was. Raises StorageFault."""
    place = path or path_beside(settings_file())
    kept = dict(kept_habits(place).of)
    if kept.pop((kind, headings), None) is None:
        return False
    _keep(place, kept)
    return True


def forget_source(registry: Registry, request: ImportRequest, ticket: Ticket | None = None) -> bool:
    """Forget what was decided of files like the one of a request; return whether anything was. Raises as an import does."""
    asked = replace(request, habits=kept_habits())
    source = source_of(registry, asked, ticket)
    table = table_of(source, wanted_in(registry.profile, asked, source), asked.parts)
    return forget_habit(asked.kind, shape_of(table.names))


def _keep(place: Path, kept: Mapping[Key, Habit]) -> None:
    sources = [
        {
            "kind": habit.kind,
            "headings": habit.headings,
            "columns": habit.columns,
            "values": habit.constants,
            "answers": habit.answers,
        }
        for habit in kept.values()
    ]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_over(place, json.dumps({"sources": sources}, ensure_ascii=False, indent=1))
    except OSError as error:
        raise StorageFault(
            Text(
                f"怎么读这样的表没有记下：{place} 写不了（{words_of(error).zh}）。",
                f"How such tables are read was not kept: {place} can't be written ({words_of(error).en}).",
            )
        ) from error


def _habit(found: Any) -> Habit:
    """Return a habit as the file keeps it; raise KeyError, TypeError or ValueError where it is none."""
    if not isinstance(found["headings"], list) or not isinstance(found["answers"], dict):
        raise TypeError(found)
    return Habit(
        kind=_text(found["kind"]),
        headings=tuple(_text(heading) for heading in found["headings"]),
        columns=_texts(found["columns"]),
        constants=_texts(found["values"]),
        answers={_text(column): _texts(of) for column, of in found["answers"].items()},
    )


def _texts(found: Any) -> dict[str, str]:
    if not isinstance(found, dict):
        raise TypeError(found)
    return {_text(key): _text(value) for key, value in found.items()}


def _text(found: Any) -> str:
    if not isinstance(found, str):
        raise TypeError(found)
    return found


def _set_aside(place: Path, error: Exception) -> Habits:
    """Put a file that can't be read aside, where it may be mended; say so."""
    target = place.with_name(place.name.removesuffix(_ENDING) + _ASIDE)
    try:
        place.replace(target)
    except FileNotFoundError:  # another process was first
        pass
    except OSError:  # nothing can be put aside there: it is said all the same
        target = place
    return Habits(
        note=Text(
            f"记着怎么读各种表的文件坏了（{type(error).__name__}），这次没有照用。它在 {target}。",
            f"The file that keeps how tables are read is damaged ({type(error).__name__}) and was not used. It is at {target}.",
        )
    )
