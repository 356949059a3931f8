"""The page where no script runs: title, rate, range, map, table and notes as plain HTML, whole without style or script.

Mail and phone previews show this and nothing else; a browser puts the explorer in its place. Every text of a registry passes
``escape``, and nothing is drawn that only a script could make work. Names for robots: ``#title #rate #range #map #units
#unit-CODE #unplaced #total #method #source``; those of a further question end in ``-2``, ``-3`` and so on.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Final

from app.domain.kinds import LEVELS
from app.domain.leaving.paper import low_first
from app.domain.looks import bands, palette, wording
from app.domain.vocabulary import STATUS, TOTAL, UNNAMED, UNPLACED
from app.exchange.formats.html_svg import ALL_NUMBERED, DEFS, bar, patterns, swatch, units_map
from app.exchange.formats.html_words import STILL
from app.text import Text

if TYPE_CHECKING:
    from app.domain.leaving.content import Leaving
    from app.domain.leaving.figures import FigureRow, Level
    from app.domain.leaving.paper import Paper

_MOST: Final = 1000  # of more units than these, the still page tells of the next level above
_SOURCES: Final = ("part", "source", "datum", "crs", "audience", "synthetic", "review")


def still_page(leaving: Leaving) -> str:
    """Return the whole still page: one block for each question, in their order."""
    blocks = [
        _Block(asked, leaving.paper_of(place), place).html()
        for place, asked in enumerate(leaving.questions())
    ]
    return patterns() + "\n".join(blocks)


class _Block:
    """One question on the still page."""

    def __init__(self, leaving: Leaving, paper: Paper | None, place: int) -> None:
        self._leaving, self._paper = leaving, paper
        self._mark = "" if place == 0 else f"-{place + 1}"
        self._head = "h1" if place == 0 else "h2"
        self._level = _level_shown(leaving)
        self._rows = low_first(self._level.rows)
        self._longest = max(
            (row.total for row in (*self._rows, self._level.unplaced) if not row.is_hidden), default=0
        )

    def html(self) -> str:
        """Return the question's section: figures, map, table, notes."""
        leaving, about = self._leaving, self._about
        return (
            f'<section class="still" data-measure="{escape(leaving.measure)}" data-as-of="{leaving.as_of}" '
            f'data-by="{self._level.name}">'
            f"<div{about('top')}>{self._top()}</div>{self._figure()}{self._table()}"
            f'<div class="end"><p class="faint">{self._say("still")}</p>{self._notes()}</div></section>'
        )

    def _about(self, name: str) -> str:
        return f' id="{name}{self._mark}"'

    def _say(self, key: str, *values: object) -> str:
        return escape(self._leaving.say(STILL[key].format(*values)))

    def _text(self, text: Text) -> str:
        return escape(self._leaving.say(text))

    def _top(self) -> str:
        leaving, total = self._leaving, self._level.total
        title = escape(f"{leaving.title}　{leaving.say(leaving.measure_words)}")
        made = f'<p class="made"><b>{self._say("synthetic")}</b></p>' if leaving.synthetic is not None else ""
        head = f"<{self._head}{self._about('title')}>{title}</{self._head}>"
        when = (
            f"{self._say('asOf', leaving.as_of)} · {self._text(leaving.weight_words)} · "
            f"{self._text(leaving.audience.words)}"
        )
        if total.is_hidden:
            said = f"<b{self._about('rate')}>{wording.NO_RATE}</b> <span>{self._text(wording.WITHHELD)}<br>{when}</span>"
        else:
            thin = ' class="faint"' if wording.is_mostly_unknown(total) else ""
            said = (
                f"<b{self._about('rate')}{thin}>{self._text(wording.rate(total))}</b> <span>{self._counted(total)}<br>"
                f"<span{self._about('range')}>{self._range(total)}</span> · {when}</span>"
            )
        return (
            f'{head}{made}<p class="said">{said}</p>{bar(total, total.total, 440)}{self._bar_legend(total)}'
            f"{self._news()}"
        )

    def _counted(self, row: FigureRow) -> str:
        if not row.total:
            return self._text(wording.NOTHING)
        known = wording.amount(row.covered + row.uncovered)
        return self._say("counted", wording.amount(row.covered), known, wording.amount(row.unknown))

    def _range(self, row: FigureRow) -> str:
        if not row.total or not row.unknown:
            return self._text(wording.span(row))
        return self._text(wording.POSSIBLE.format(self._leaving.say(wording.span(row))))

    def _bar_legend(self, row: FigureRow) -> str:
        if row.is_hidden or not row.total:
            return ""
        ink = palette.page()
        signs = (
            ("covered", row.covered, swatch(ink["yes"], edge=ink["yes"])),
            ("uncovered", row.uncovered, swatch(ink["no_ground"], edge=ink["no"])),
            ("unknown", row.unknown, swatch(ink["panel"], hatched=DEFS[1], edge=ink["unknown"])),
        )
        said = "".join(
            f"<span>{sign} {self._text(STATUS[status])} {wording.amount(number)}</span> "
            for status, number, sign in signs
        )
        return f'<p class="key">{said}<span>{self._say("all", wording.amount(row.total))}</span></p>'

    def _news(self) -> str:
        """Return what changed since the day before, and what to do first."""
        paper, told = self._paper, ""
        if paper is not None and paper.change is not None:
            told = (
                f"<p{self._about('change')}><b>{self._say('since', paper.change.against)}</b> "
                f"{self._text(paper.change.sentence)}</p>"
            )
        if paper is not None and paper.todo:
            items = "".join(f"<li>{self._text(todo.text)}</li>" for todo in paper.todo)
            told += f'<p class="first"><b>{self._say("todo")}</b></p><ol{self._about("todo")}>{items}</ol>'
        return told

    def _figure(self) -> str:
        leaving, level = self._leaving, self._level
        low, high = (
            next((r for r in rows if r.rate is not None), None) for rows in (self._rows, self._rows[::-1])
        )
        word = leaving.say(level.words)
        told = leaving.say(STILL["map"].format(leaving.title, word, len(self._rows)))
        if low is not None and high is not None and not low.is_hidden and not high.is_hidden:
            ends = (low.name, wording.percent(low.rate), high.name, wording.percent(high.rate))
            told += leaving.say(STILL["ends"].format(*ends))
        shapes = self._paper.shapes if self._paper is not None and level.name == leaving.by else ()
        drawn = units_map(shapes, self._rows, _parents(leaving, level), self._mark, told)
        if not drawn:
            return ""
        return (
            f"<figure{self._about('map')}><figcaption><b>{self._say('rateOf', word)}</b> "
            f"<span>{self._say('numbers' if len(self._rows) <= ALL_NUMBERED else 'someNumbers')}</span></figcaption>{drawn}{self._map_legend()}</figure>"
        )

    def _map_legend(self) -> str:
        ink = palette.page()
        entries = list(zip(map(swatch, ink["seq"]), bands.names(), strict=True))
        entries.append((swatch(ink["seq"][2], hatched=DEFS[0]), bands.MUCH_UNKNOWN))
        shown = [row for row in self._rows if not row.is_hidden]
        if any(row.total and row.rate is None for row in shown):
            entries.append((swatch(ink["paper"], hatched=DEFS[0]), wording.ALL_UNKNOWN))
        if any(not row.total for row in shown):
            entries.append((swatch(ink["no_data"]), wording.NOTHING))
        if len(shown) < len(self._rows):
            entries.append((swatch(ink["no_data"], hatched=DEFS[0]), wording.WITHHELD))
        said = "".join(f"<span>{sign} {self._text(words)}</span> " for sign, words in entries)
        return f'<p class="key">{said}</p>'

    def _table(self) -> str:
        word = self._leaving.say(self._level.words)
        asked = self._leaving.by
        note = ""
        if self._level.name != asked and asked in self._leaving.levels:
            note = f'<p class="faint">{self._say("above", word, self._text(self._leaving.levels[asked].words))}</p>'
        heads = "".join(
            f'<th scope="col"{about}>{text}</th>'
            for text, about in (
                ("#", ' class="no"'),
                (escape(word), ""),
                (self._say("fraction"), ""),
                (self._say("rate"), ""),
                (self._say("possible"), ""),
            )
        )
        rows = "".join(self._row(row, str(n + 1), f"unit-{row.code}") for n, row in enumerate(self._rows))
        foot = self._row(self._level.unplaced, "", "unplaced", self._text(UNPLACED.heading()))
        foot += self._row(self._level.total, "", "total", self._text(TOTAL.heading()))
        return (
            f'{note}<table class="units"{self._about("units")}><caption>{self._say("ranked", len(self._rows), word)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>"
        )

    def _row(self, row: FigureRow, number: str, about: str, words: str = "") -> str:
        name = words or escape(row.name or self._leaving.say(UNNAMED))
        code = f' data-code="{escape(row.code)}"' if row.code else ""
        first = f'<td class="no">{number}</td><th scope="row">{name}</th>'
        if row.is_hidden:
            cells = f'<td colspan="3">{self._text(wording.WITHHELD)}</td>'
            return f'<tr{self._about(escape(about))}{code} data-hidden="yes">{first}{cells}</tr>'
        thin = " faint" if wording.is_mostly_unknown(row) else ""
        fraction = wording.fraction(row) if row.total else self._text(wording.NOTHING)
        cells = (
            f'<td>{fraction}</td><td class="rate{thin}">{self._text(wording.rate(row))}</td>'
            f"<td>{self._text(wording.span(row))}</td>"
        )
        counts = "".join(
            f' data-{column}="{_plain(getattr(row, column))}"'
            for column in ("covered", "uncovered", "unknown", "total")
        )
        told = self._say("total", wording.amount(row.total)) if row.total else ""
        if row.unknown:
            told = self._say("totalUnknown", wording.amount(row.total), wording.amount(row.unknown))
        drawn = "" if about == "total" else bar(row, self._longest)
        beside = f'<tr class="bars"><td></td><td colspan="4">{drawn} {told}</td></tr>' if told else ""
        return f"<tr{self._about(escape(about))}{code}{counts}>{first}{cells}</tr>{beside}"

    def _notes(self) -> str:
        told = {True: "", False: ""}
        for key, label, text in self._leaving.noted():
            told[key in _SOURCES] += f"<dt>{escape(label)}</dt><dd>{escape(text) or self._say('toFill')}</dd>"
        return f"<dl{self._about('method')}>{told[False]}</dl><dl{self._about('source')}>{told[True]}</dl>"


def _level_shown(leaving: Leaving) -> Level:
    """Return the level that was asked for, or the next above that has few enough units to be read."""
    for name in reversed(LEVELS[: LEVELS.index(leaving.by) + 1]):
        level = leaving.levels.get(name)
        if level is not None and len(level.rows) <= _MOST:
            return level
    return leaving.levels[leaving.by]


def _parents(leaving: Leaving, level: Level) -> dict[str, str]:
    """Return the street that each unit lies in, as the level's layer has it."""
    layer = leaving.layers.get(level.name)
    if layer is None or level.name == "street" or "street" not in layer.column_names:
        return {}
    return {
        str(code): str(street)
        for code, street in zip(layer.values("code"), layer.values("street"), strict=True)
        if street is not None
    }


def _plain(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else json.dumps(number)
