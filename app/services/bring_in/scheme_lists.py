"""A city's own list of an evaluation scheme, from rows to a new version of the scheme."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from app.domain.profile.declared import Band, SchemeGroup, SchemeItem
from app.domain.profile.toml_node import LARGEST
from app.domain.values import read_answer
from app.errors import InvalidInput, Problem
from app.exchange.headings import normalised
from app.exchange.named import declared_names, ids_by_name
from app.exchange.personal import personal_in
from app.services.profile.overview import OPEN_WORDS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.profile.declared import Scheme
    from app.domain.profile.profile import Profile
    from app.exchange.list_rows import ListRow, ListTable

_LONGEST: Final = 500  # letters of an item's words
_ID: Final = 32


class SchemeReader:
    """Reads the rows of one list as items, and of another as thresholds; collects every problem."""

    def __init__(self, profile: Profile, only: str | None) -> None:
        self._profile, self._only = profile, only
        self._ids = ids_by_name(declared_names(profile, "assessments", "scheme", {}))
        self.problems: list[Problem] = []

    def by_scheme(self, table: ListTable) -> dict[str, list[ListRow]]:
        """Return a table's rows by the scheme that they are of."""
        found: dict[str, list[ListRow]] = {}
        for row in table.rows:
            said = row.text("scheme")
            name = self._ids.get(normalised(said)) if said else self._default()
            if name is None:
                known = "、".join(f"{v[-1].words.zh}（{n}）" for n, v in self._profile.schemes.items())
                message = (
                    Text(
                        f"口径里没有评价办法 {said!r}。有：{known or '一个也没有'}。",
                        f"The profile has no scheme {said!r}: {', '.join(self._profile.schemes) or 'none'}.",
                    )
                    if said
                    else Text(
                        f"没有写是哪个评价办法。有：{known or '一个也没有'}。",
                        f"Which scheme it is of is not said: {', '.join(self._profile.schemes) or 'none'}.",
                    )
                )
                self.problems.append(table.problem(row, "scheme", message))
            elif self._only is not None and name != self._only:
                message = Text(
                    f"这一行是 {name} 的，要的是 {self._only}。",
                    f"This row is of {name}, not of {self._only}.",
                )
                self.problems.append(table.problem(row, "scheme", message))
            else:
                found.setdefault(name, []).append(row)
        return found

    def _default(self) -> str | None:
        if self._only is not None:
            return self._only
        return next(iter(self._profile.schemes)) if len(self._profile.schemes) == 1 else None

    def items(
        self, table: ListTable, rows: Sequence[ListRow], old: Scheme
    ) -> tuple[tuple[SchemeGroup, ...], tuple[SchemeItem, ...]]:
        """Return the groups and items that rows declare, instead of those of ``old``."""
        groups = _Groups(old)
        given = {row.text("item") for row in rows}
        items: dict[str, SchemeItem] = {}
        named: dict[tuple[str, str], int] = {}
        free = 0
        for place, row in enumerate(rows, 1):
            name = row.text("item")
            while not name:
                free += 1
                name = str(free) if str(free) not in given and str(free) not in items else ""
            if name in items:
                message = Text(f"项目 {name} 出现了两次。", f"Item {name} is given twice.")
                self.problems.append(table.problem(row, "item", message))
                continue
            if len(name) > _ID or any(ord(letter) < 33 for letter in name):
                message = Text("项目编号要短，没有空格。", "An item's number is short and has no blanks.")
                self.problems.append(table.problem(row, "item", message))
                continue
            said = (row.text("group"), row.text("zh"))
            if said[1] and OPEN_WORDS[0] not in said[1] and said in named:
                message = Text(
                    f"“{said[1]}”在一个方面里出现了两次（第 {named[said]} 行也是）。",
                    f"'{said[1]}' is given twice in one group (row {named[said]} too).",
                )
                self.problems.append(table.problem(row, "zh", message))
                continue
            named[said] = row.number
            before = old.item(name)
            words = self._words(table, row, _open_item(place) if before is None else before.words)
            items[name] = SchemeItem(
                id=name,
                words=words,
                group=groups.of(row.text("group"), before),
                maximum=self._number(
                    table, row, "maximum", 1.0 if before is None else before.maximum, above=True
                ),
                weight=self._number(table, row, "weight", 1.0 if before is None else before.weight),
                is_open=OPEN_WORDS[0] in words.zh,
            )
        used = {item.group for item in items.values()}
        had_items = {item.group for item in old.items}
        kept = (
            g for g in groups.all if g.id in used or g.id not in had_items
        )  # a heading of the frame stays
        return tuple(kept), tuple(items.values())

    def bands(self, table: ListTable, rows: Sequence[ListRow], old: Scheme) -> tuple[tuple[Band, ...], bool]:
        """Return the thresholds that rows declare, from the most stars down, and whether they are still assumed."""
        found: dict[int, tuple[Band, ListRow]] = {}
        is_confirmed = False
        for row in rows:
            stars = self._number(table, row, "stars", math.nan)
            if not stars.is_integer() or not 0 <= stars <= 10:
                message = Text("星级要写 0 至 10 的整数。", "Stars are a whole number from 0 to 10.")
                self.problems.append(table.problem(row, "stars", message))
                continue
            if int(stars) in found:
                message = Text(f"{int(stars)} 星出现了两次。", f"{int(stars)} stars are given twice.")
                self.problems.append(table.problem(row, "stars", message))
                continue
            before = next((band for band in old.bands if band.stars == int(stars)), None)
            default = Text(f"{int(stars)} 星", f"{int(stars)} stars") if before is None else before.words
            reward = self._number(table, row, "reward_yuan", math.nan)
            band = Band(
                stars=int(stars),
                at_least=self._share(table, row),
                words=self._words(table, row, default),
                reward_yuan=None if math.isnan(reward) else reward,
            )
            found[int(stars)] = band, row
            is_confirmed = self._yes(table, row) or is_confirmed
        ordered = [found[stars] for stars in sorted(found, reverse=True)]
        for (higher, _), (lower, row) in pairwise(ordered):
            if lower.at_least >= higher.at_least:
                message = Text(
                    f"{lower.stars} 星的得分率要低于 {higher.stars} 星的 {higher.at_least:g}。",
                    f"The threshold of {lower.stars} stars must be below {higher.at_least:g}, that of {higher.stars}.",
                )
                self.problems.append(table.problem(row, "at_least", message))
        bands = tuple(band for band, _ in ordered)
        lines = [(band.stars, band.at_least) for band in bands]
        is_same = lines == [(band.stars, band.at_least) for band in old.bands]
        return bands, old.bands_assumed and is_same and not is_confirmed

    def _words(self, table: ListTable, row: ListRow, default: Text) -> Text:
        zh, en = row.text("zh"), row.text("en")
        for column, said in (("zh", zh), ("en", en)):
            if len(said) > _LONGEST or any(ord(letter) < 32 and letter not in "\t\n" for letter in said):
                message = Text(
                    f"文字太长（最多 {_LONGEST} 个字），或有控制字符。",
                    f"The words are too long (at most {_LONGEST} letters), or hold control characters.",
                )
                self.problems.append(table.problem(row, column, message))
                return default
            if personal_in(said) is not None:
                message = Text(
                    "里面像有个人的号码，删掉再导。", "This looks like a private number; take it out."
                )
                self.problems.append(table.problem(row, column, message))
                return default
        if not zh:
            return Text(default.zh, en or default.en)
        return Text(zh, en or (default.en if zh == default.zh else zh))

    def _number(
        self, table: ListTable, row: ListRow, column: str, default: float, *, above: bool = False
    ) -> float:
        said = row.text(column).replace(",", "")
        if not said:
            return default
        try:
            number = float(said)
        except ValueError:
            number = math.nan
        if 0 < number <= LARGEST or (number == 0 and not above):
            return number
        least = (
            Text("大于 0 的数字", "a number above 0")
            if above
            else Text("0 或以上的数字", "a number, 0 or more")
        )
        if number > LARGEST:
            least = Text(f"不超过 {LARGEST:g} 的数字", f"a number up to {LARGEST:g}")
        message = Text(f"要写{least.zh}，这里是 {said!r}。", f"It takes {least.en}, not {said!r}.")
        self.problems.append(table.problem(row, column, message))
        return 1.0

    def _share(self, table: ListTable, row: ListRow) -> float:
        said = row.text("at_least")
        try:
            number = float(said.rstrip("%％")) / (100 if said[-1:] in ("%", "％") else 1)
        except ValueError:
            number = math.nan
        if number > 1:
            number /= 100  # 90 of 100
        if 0 <= number <= 1:
            return number
        message = Text(
            "得分率写 0 至 1，或 0% 至 100%。",
            "A threshold is a share of the full score: 0 to 1, or 0% to 100%.",
        )
        self.problems.append(table.problem(row, "at_least", message))
        return 0.0

    def _yes(self, table: ListTable, row: ListRow) -> bool:
        said = row.text("confirmed")
        if not said:
            return False
        try:
            return read_answer(said) == "yes"
        except InvalidInput as error:
            self.problems.append(table.problem(row, "confirmed", error.message))
            return False


class _Groups:
    """The groups of a new version: the old ones, and those that rows name anew."""

    def __init__(self, old: Scheme) -> None:
        self.all = list(old.groups)
        self._ids = ids_by_name((group.id, group.words) for group in old.groups)

    def of(self, said: str, before: SchemeItem | None) -> str:
        """Return the id of the group that a row names, a new one where nothing is called so."""
        if not said:
            return "" if before is None else before.group
        known = self._ids.get(normalised(said))
        if known is not None:
            return known
        waiting = next((g for g in self.all if g.is_open), None)
        if waiting is not None:  # an aspect that the source counts without a name
            named = replace(waiting, words=Text(said, said), is_open=False)
            self.all[self.all.index(waiting)] = named
        else:
            taken = {group.id for group in self.all}
            number = next(n for n in range(1, len(taken) + 2) if f"g{n}" not in taken)
            named = SchemeGroup(id=f"g{number}", words=Text(said, said))
            self.all.append(named)
        self._ids[normalised(said)] = named.id
        return named.id


def _open_item(place: int) -> Text:
    return Text(f"第 {place} 项（{OPEN_WORDS[0]}）", f"Item {place} ({OPEN_WORDS[1]})")


def same_content(one: Scheme, other: Scheme) -> bool:
    """Whether two versions of a scheme say the same but for their number."""
    return replace(one, version=0) == replace(other, version=0)
