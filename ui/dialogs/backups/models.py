"""The tables of the backups' sheet: the time line, the records that changed since, one record then and now."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from app.domain.kinds import KINDS
from app.services.keeping.backups import state_of, why_words
from app.text import Text
from ui import theme
from ui.models.listed import ListedModel
from ui.models.named import display_name
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from app.domain.record import Record
    from app.services.keeping.backups import Backup
    from app.services.keeping.restoring import Part
    from ui.models.listed import Index

CODE_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_MEGABYTE: Final = 1 << 20
_TODAY: Final = Text("今天 {:%H:%M}", "today {:%H:%M}")
_SAME: Final = Text("同", "same")
_DIFFERENT: Final = Text("不同", "differs")
_OF_RECORDS: Final = Text("{} 条记录 · 日志第 {} 步 · {}", "{: record|records} · step {} of the journal · {}")


def moment_words(backup: Backup) -> Text:
    """Return when a backup was made, as people at this desk say it."""
    at = backup.at.astimezone()
    if at.date() == datetime.now().astimezone().date():
        return Text(_TODAY.zh.format(at), _TODAY.en.format(at))
    said = f"{at:%m-%d %H:%M}" if at.year == datetime.now().astimezone().year else f"{at:%Y-%m-%d %H:%M}"
    return Text(said, said)


class BackupsModel(ListedModel):
    """The time line, newest first, one backup a row."""

    HEADERS = (
        Text("时间", "Time"),
        Text("缘由", "Why"),
        Text("大小", "Size"),
        Text("核对", "State"),
    )

    def at(self, row: int) -> Backup:
        """Return the backup of a row."""
        found: Backup = self._rows[row]
        return found

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        one = self.at(index.row())
        if role == CODE_ROLE:
            return str(one.path)
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 2:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 3:
            return QColor(_ink(one))
        if role == TIP_ROLE:
            known = one.known
            records, seq = ("—", "—") if known is None else (known.records, known.seq)
            return _OF_RECORDS.format(records, seq, one.path.name).in_(self._lang)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            moment_words(one).in_(self._lang),
            why_words(one.why).in_(self._lang),
            f"{one.size / _MEGABYTE:.1f} MB",
            state_of(one).in_(self._lang),
        )[index.column()]


def _ink(one: Backup) -> str:
    t = theme.current()
    if one.is_damaged or one.known is None:
        return t.error
    return t.yes if one.is_verified else t.t3


class ChangedModel(ListedModel):
    """The records that changed since a backup."""

    HEADERS = (Text("改过的记录", "Changed since"), Text("种类", "Kind"), Text("代码", "Code"))

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        record: Record = self._rows[index.row()]
        if role == CODE_ROLE:
            return record.code
        if role == TIP_ROLE:
            return f"{display_name(record, self._lang)} {record.code}"
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        words = KINDS[record.kind].words.in_(self._lang)
        return (display_name(record, self._lang), words, record.code)[index.column()]

    def row_of(self, code: str) -> int:
        """Return the row of a record; -1 where it is not among them."""
        return next((place for place, record in enumerate(self._rows) if record.code == code), -1)

    def code_at(self, row: int) -> str:
        """Return the code of a row."""
        return str(self._rows[row].code)


class PartsModel(ListedModel):
    """One record, part by part, then and now: what differs first, and bold."""

    HEADERS = (Text("项", "Part"), Text("当时", "Then"), Text("现在", "Now"), Text("", ""))

    def at(self, row: int) -> Part:
        """Return the part of a row."""
        found: Part = self._rows[row]
        return found

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        part = self.at(index.row())
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(theme.current().t3) if part.is_same else None
        if role == Qt.ItemDataRole.FontRole and index.column() == 2 and not part.is_same:
            font = QFont()
            font.setBold(True)
            return font
        if role == TIP_ROLE:
            return f"{part.words}: {part.then} → {part.now}"
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        state = (_SAME if part.is_same else _DIFFERENT).in_(self._lang)
        return (part.words, part.then, part.now, state)[index.column()]
