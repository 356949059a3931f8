"""The three things to do first in a unit: where most is not covered, where most is not known, and what comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.leaving.paper import Todo
from app.domain.looks.wording import amount
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.domain.leaving.figures import FigureRow, Level
    from app.services.papers.subjects import Subject

MOST: Final = 3
_NAMED: Final = 4  # names that a sentence holds; the list of the unit holds all
_COVER: Final = Text(
    "{unit}：{count} 个{kind}未覆盖，先办{names}", "{unit}: {count} not covered; begin with {names}"
)
_SURVEY: Final = Text(
    "{unit}：{count} 个{kind}没查清，先上门问{names}", "{unit}: {count} not known yet; ask first at {names}"
)
_COVER_SUM: Final = Text("{unit}：未覆盖 {count}，先办", "{unit}: {count} not covered; begin here")
_SURVEY_SUM: Final = Text("{unit}：没查清 {count}，先问清", "{unit}: {count} not known yet; ask here first")
_AND_MORE: Final = Text("{0}等", "{0} and others")
_NOTHING: Final = Text("都已覆盖，没有要先办的。", "All is covered; nothing is to be done first.")
_HERE: Final = Text("不在网格里的", "in no grid")


def todo_of(
    row: FigureRow, below: Level | None, parts: Sequence[FigureRow], subjects: Sequence[Subject]
) -> tuple[Todo, ...]:
    """Return at most three things to do in the unit of ``row``; () where its figures are withheld or nothing is counted.

    ``parts``: the rows of the parts of the unit, of the table ``below``. ``subjects``: who is open in it; none where the
    measure's subjects lie nowhere, and then the sums of the parts speak.
    """
    if row.is_hidden or not row.total:
        return ()
    names = {part.code: part.name for part in parts} if below is not None else {}
    found = list(_by_subjects(row, names, subjects)) if subjects else list(_by_sums(row, parts))
    if not found:
        return (Todo(what="nothing", text=_NOTHING, unit=row.code, codes=(), names=()),)
    best = {
        what: next((todo for _, todo in found if todo.what == what), None) for what in ("cover", "survey")
    }
    first = [todo for todo in best.values() if todo is not None]
    rest = [todo for _, todo in found if todo not in first]
    return tuple([*first, *rest][:MOST])


def _by_subjects(
    row: FigureRow, names: dict[str, str], subjects: Sequence[Subject]
) -> Iterable[tuple[float, Todo]]:
    groups: dict[tuple[str, str], list[Subject]] = {}
    for subject in subjects:
        what = "cover" if subject.status == "uncovered" else "survey"
        groups.setdefault((what, subject.part), []).append(subject)
    for (what, part), group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        group.sort(key=lambda subject: subject.code)
        said = [subject.name for subject in group]
        yield (
            len(group),
            Todo(
                what=what,
                text=Text(
                    *(
                        (_COVER if what == "cover" else _SURVEY).in_(lang).format(
                            unit=_where(part, row, names, lang),
                            count=len(group),
                            kind=group[0].kind.in_(lang),
                            names=_few(said, lang),
                        )
                        for lang in ("zh", "en")
                    )
                ),
                unit=part or row.code,
                codes=tuple(subject.code for subject in group),
                names=tuple(said),
            ),
        )  # fmt: skip


def _where(part: str, row: FigureRow, names: dict[str, str], lang: str) -> str:
    """Return how a sentence calls the place: the part, the unit where it has none, or that it lies in no part."""
    if part and part != row.code:
        return names.get(part, part)
    return _HERE.in_(lang) if names and row.code and not part else row.name


def _by_sums(row: FigureRow, parts: Sequence[FigureRow]) -> Iterable[tuple[float, Todo]]:
    found = [
        (number, what, part)
        for part in (parts or (row,))
        if not part.is_hidden
        for what, number in (("cover", part.uncovered), ("survey", part.unknown))
        if number > 1e-9
    ]
    for number, what, part in sorted(found, key=lambda item: (-item[0], item[1], item[2].code)):
        words = _COVER_SUM if what == "cover" else _SURVEY_SUM
        text = words.format(unit=part.name, count=amount(number))
        yield number, Todo(what=what, text=text, unit=part.code, codes=(), names=())


def _few(names: list[str], lang: str) -> str:
    joined = ("、" if lang == "zh" else ", ").join(names[:_NAMED])
    return joined if len(names) <= _NAMED else _AND_MORE.in_(lang).format(joined)
