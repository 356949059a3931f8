"""A firm's red or black list and credit grade: since when, why, and a way to change them with a day and a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.text import Text
from ui.panels.inspector.declared import LISTED
from ui.panels.inspector.parts import ChipFlow, ChipWords, refill
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.profile.profile import Profile
    from ui.panels.inspector.declared import Credit

_GRADE: Final = Text("信用等级 {}", "credit grade {}")
_NO_LIST: Final = Text("不在榜", "on no list")
_NOT_SAID: Final = Text("榜单没有登记", "no list recorded")
_SINCE: Final = Text("{} 起", "since {}")
_WHY: Final = Text("因由：{}", "because: {}")
_NO_WHY: Final = Text("没有写因由", "no reason given")
TONES: Final = {"red": "yes", "black": "no"}


def credit_chips(profile: Profile, credit: Credit, lang: str, *, with_name: bool) -> list[ChipWords]:
    """Return a firm's list, and its grade, as chips; ``with_name`` says whose."""
    chips = []
    whose = f"{credit.name}：" if lang == "zh" else f"{credit.name}: "
    if credit.listed in LISTED:
        said = profile.choices["firm_list"][credit.listed].in_(lang)
        chips.append(ChipWords((whose if with_name else "") + said, TONES[credit.listed]))
    elif not with_name and credit.listed:
        chips.append(ChipWords(_NO_LIST.in_(lang)))
    elif not with_name:  # nobody said: not the same as being on no list
        chips.append(ChipWords(_NOT_SAID.in_(lang), "unknown"))
    if credit.grade and not with_name:
        chips.append(ChipWords(_GRADE.in_(lang).format(credit.grade)))
    return chips


class CreditRows(QWidget):
    """One block a firm: chips, then since when and why."""

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._shown: list[tuple[Credit, str]] | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(4)

    def forget(self) -> None:
        """Show none: it is still looked for."""
        self._shown = None
        refill(self._box, [])

    def show_credits(
        self, profile: Profile, found: Sequence[Credit], reasons: Mapping[str, str], *, is_own: bool
    ) -> None:
        """Show these firms' credit; ``is_own``: the record is the firm itself, so its name goes without saying."""
        shown = [(credit, reasons.get(credit.firm, "")) for credit in found]
        if shown == self._shown:
            return
        self._shown = shown
        rows: list[QWidget] = []
        for credit in found:
            if not is_own and credit.listed not in LISTED and not credit.grade:
                continue
            if not is_own:
                rows.append(text_label(credit.name, "", self))
            chips = ChipFlow(self)
            chips.setObjectName(f"inspector.credit.{credit.firm}")
            chips.show_chips(credit_chips(profile, credit, self._lang, with_name=False))
            rows.append(chips)
            parts = []
            if credit.since is not None:
                parts.append(_SINCE.in_(self._lang).format(credit.since))
            why = reasons.get(credit.firm, "")
            if why:
                parts.append(_WHY.in_(self._lang).format(why))
            elif credit.listed in LISTED:
                parts.append(_NO_WHY.in_(self._lang))
            if parts:
                line = text_label(" · ".join(parts), "second", self)
                line.setObjectName(f"inspector.credit.{credit.firm}.why")
                line.setWordWrap(True)
                rows.append(line)
        refill(self._box, rows)
        self.setVisible(bool(rows))
