"""The expiry radar: what runs out within 30, 90 or 180 days, what follows, and its renewal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Slot
from typing_extensions import override

from app.domain import vocabulary
from app.domain.days.term import last_of_months
from app.domain.period import ONE_DAY
from app.errors import InvalidInput
from app.services.adoption.expiring import WITHIN, expiring
from app.services.adoption.expiry import SORT_WORDS, consequence
from app.services.adoption.renew import confirm, renew
from app.text import Text
from ui import words
from ui.topics.base.lines import Head, Line
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_box, add_button, offer
from ui.widgets.day_field import DayField
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from PySide6.QtWidgets import QWidget

    from app.domain.edits import Changes
    from app.domain.profile.profile import Profile
    from app.jobs import Ticket
    from app.services.adoption.expiry import Expiry
    from ui.bridge.context import WindowContext

_DAYS: Final = Text("{} 天内", "within {: day|days}")
_EVERYWHERE: Final = Text("所有街道", "Every street")
_RENEW: Final = Text("续期", "Renew")
_CONFIRM: Final = Text("复核：没有变化", "Unchanged")
_RENEW_TIP: Final = Text("让表中选中的一项延续到左边写的那天", "Let the row run on to the day at the left")
_CONFIRM_TIP: Final = Text(
    "同样的答案，从截至日起算", "Surveyed again: the same answers from the day shown on"
)
_NO_RENEWAL: Final = Text(
    "补贴只降不升，评分要重评：这一项不能续期", "A subsidy or an assessment can't be renewed"
)
_UNTIL: Final = Text("续到哪天", "Renew until")
_SUMMARY: Final = Text(
    "{} – {} 到期 {} 项：{} 项会变三无，{} 项会失去物业，{} 项过期",
    "{} – {}: {} run out; {} make a compound three-no, {} lose its service, {} go out of date",
)
_HEADS: Final = (
    Head(Text("最后一天", "Last day"), width=92),
    Head(Text("还剩（天）", "Days left"), is_number=True, width=84),
    Head(Text("对象", "Subject"), width=140),
    Head(Text("后果", "Consequence"), width=300),
    Head(Text("哪一类", "Sort"), width=92),
    Head(Text("什么", "What"), width=260),
)
_NOT_RENEWED: Final = frozenset(
    {"subsidies", "surveys", "assessments"}
)  # these are found out anew, or paid again


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the radar saw, as rows and as it was found."""

    expiries: tuple[Expiry, ...]
    lines: tuple[Line, ...]
    summary: Text


class RadarTopic(LinesTopic):
    """Rows by how bad what follows is. Enter shows whom it concerns; the buttons act on the current row."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._found: _Found | None = None
        self._until_of: tuple[str, str, date] | None = None  # what the day to renew until is written for
        self.within = add_box(self, "within", Text("多少天内", "Within how many days"), context.lang)
        for days in WITHIN:
            self.within.addItem(_DAYS.format(days).in_(context.lang), days)
        self.within.setCurrentIndex(max(0, self.within.findData(context.settings.radar_days)))
        self.street = add_box(self, "street", vocabulary.LEVELS["street"].heading(), context.lang)
        self.until = DayField(context.lang, self)
        self.until.setObjectName("radar.until")
        self.until.setAccessibleName(context.say(_UNTIL))
        set_tip(self.until, context.say(_UNTIL))
        self.until.setPlaceholderText(context.say(_UNTIL))
        self.until.setFixedWidth(max(110, self.until.sizeHint().width()))
        self.tools.addWidget(self.until)
        self.renew = add_button(self, "renew", _RENEW, _RENEW_TIP, context.lang)
        self.renew.clicked.connect(self.renew_current)
        self.until.refused.connect(self._on_day_refused)
        self.until.returnPressed.connect(self.renew_current)
        self.confirm = add_button(self, "confirm", _CONFIRM, _CONFIRM_TIP, context.lang)
        self.confirm.clicked.connect(self.confirm_current)
        self.tools.addStretch(1)
        self._fill_streets()
        self.within.currentIndexChanged.connect(self._on_within)
        self.street.currentIndexChanged.connect(self.ask_again)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self._enable()

    def _fill_streets(self) -> None:
        registry = self._context.registry
        if registry is None:
            return
        streets = registry.dataset.in_force("streets", self._context.as_of)
        named = [(street.code, street.text("name") or street.code) for street in streets]
        offer(self.street, [("", self._context.say(_EVERYWHERE)), *named])

    @override
    def question(self) -> Callable[[Ticket], _Found] | None:
        registry = self._context.registry
        if registry is None:
            return None
        self._fill_streets()
        engine, day, lang = registry.engine, self._context.as_of, self._context.lang
        within, street = int(self.within.currentData()), str(self.street.currentData() or "")

        def job(ticket: Ticket) -> _Found:
            found = expiring(engine, day, within, street, ticket)
            lines = tuple(_line(expiry, engine.profile, lang) for expiry in found)
            return _Found(expiries=tuple(found), lines=lines, summary=_summary(found, day, within))

        return job

    @override
    def answer(self, found: _Found) -> None:
        current = self.current
        self._found = found
        self.show_lines(_HEADS, found.lines)
        self.say(found.summary.in_(self._context.lang))
        self._keep(current)
        self._enable()

    def _keep(self, wanted: Expiry | None) -> None:
        """Have the row of the same record current again, wherever it stands now."""
        rows = self.table.model()
        for row in range(rows.rowCount() if wanted is not None else 0):
            expiry = self._expiry_at(rows.index(row, 0))
            if (
                expiry is not None
                and wanted is not None
                and (expiry.sort, expiry.code) == (wanted.sort, wanted.code)
            ):
                self.table.setCurrentIndex(rows.index(row, 0))
                return

    @override
    def clear(self) -> None:
        self._found = None
        super().clear()
        self._enable()

    # acting

    def _expiry_at(self, index: QModelIndex) -> Expiry | None:
        if self._found is None or not index.isValid():
            return None
        place = self.place_of(index)
        return self._found.expiries[place] if place < len(self._found.expiries) else None

    @property
    def current(self) -> Expiry | None:
        """What the current row is about."""
        return self._expiry_at(self.table.currentIndex())

    @override
    def words_of(self, row: int) -> Text:
        name = "" if self._found is None else self._found.expiries[row].name
        return Text(f"{self.WORDS.zh} · {name}", f"{self.WORDS.en} · {name}")

    @Slot()
    def renew_current(self) -> None:
        """Let the current row's record run on to the day that is written."""
        registry, expiry = self._context.registry, self.current
        if registry is None or expiry is None or not self.renew.isEnabled():
            return
        try:
            until = self.until.needed()
        except InvalidInput as error:
            self._refuse(error)
            return
        code = expiry.code
        self._write(
            lambda: renew(registry, code, until),
            Text(f"续到 {until}：{expiry.name}", f"Renewed until {until}: {expiry.name}"),
        )

    @Slot()
    def confirm_current(self) -> None:
        """Record that the facts of the current row were surveyed again and stand as they were."""
        registry, expiry, day = self._context.registry, self.current, self._context.as_of
        if registry is None or expiry is None or not self.confirm.isEnabled():
            return
        facts = expiry.parts
        self._write(
            lambda: confirm(registry, facts, day),
            Text(f"已复核：{expiry.name}", f"Surveyed again: {expiry.name}"),
        )

    def _write(self, act: Callable[[], Changes], said: Text) -> None:
        self._context.edit(lambda _ticket: act(), said, on_error=self._refuse)

    def _refuse(self, error: Exception) -> None:
        self.say(self._context.sentence(error))
        self.until.setFocus()
        self.until.selectAll()

    @Slot(str)
    def _on_day_refused(self, sentence: str) -> None:
        if sentence:
            self.say(sentence)

    @Slot(int)
    def _on_within(self, _place: int) -> None:
        self._context.settings.radar_days = int(self.within.currentData())
        self.ask_again()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._enable()

    @override
    def _enable(self) -> None:
        """Offer what the current row can have: another last day, or the same answers again."""
        expiry = self.current
        reason = self._context.why_locked
        is_survey = expiry is not None and expiry.sort == "surveys"
        is_renewed = expiry is not None and expiry.sort not in _NOT_RENEWED
        permit(self.until, reason, may=is_renewed)
        permit(self.confirm, reason, may=is_survey)
        self.renew.setEnabled(is_renewed and not reason)
        tip = _RENEW_TIP if expiry is None or is_renewed else _CONFIRM_TIP if is_survey else _NO_RENEWAL
        set_tip(self.renew, reason or self._context.say(tip))
        subject = None if expiry is None else (expiry.sort, expiry.code, expiry.last)
        if subject != self._until_of:  # what is typed for a row stays until another is current
            self._until_of = subject
            self.until.set_day(None if expiry is None or not is_renewed else _a_year_on(expiry.last))


def _a_year_on(last: date) -> date:
    """Return the last day of another year after ``last``."""
    return last_of_months(last + ONE_DAY, 12)


def _line(expiry: Expiry, profile: Profile, lang: str) -> Line:
    return Line(
        code=expiry.subject,
        cells=(
            expiry.last.isoformat(),
            expiry.days,
            expiry.name or words.UNNAMED.in_(lang),
            consequence(expiry, profile, 2).in_(lang),
            SORT_WORDS[expiry.sort].in_(lang),
            expiry.words.in_(lang),
        ),
        codes=expiry.shown,
        tip=consequence(expiry, profile).in_(lang),
    )


def _summary(found: Sequence[Expiry], day: date, within: int) -> Text:
    end = day + timedelta(days=within)
    ranks = [sum(expiry.rank == rank for expiry in found) for rank in (0, 1, 5)]
    return Text(
        _SUMMARY.zh.format(day, end, len(found), *ranks), _SUMMARY.en.format(day, end, len(found), *ranks)
    )
