"""Nothing open yet: where to start, what was open last, and the outline left half drawn."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.text import Text
from ui import theme
from ui.panels.frame.toast import Banner, float_over
from ui.widgets import paint
from ui.widgets.chip import elided
from ui.widgets.plain import plain_caption, set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from ui.bridge.context import WindowContext

_TITLE: Final = Text("从哪里开始？", "Where to start?")
_SUB: Final = Text(
    "台账是一个文件，存在您自己的电脑里。不联网也能用。",
    "A registry is one file on your own computer. It works without a network.",
)
_STARTS: Final = (
    (
        "registry.open",
        "folder-open",
        "Ctrl O",
        Text("打开已有台账", "Open a registry"),
        Text(".gpkg 文件，或邮件收到的社区工作包", "A .gpkg file, or a work file from a community"),
    ),
    (
        "registry.new",
        "file-plus",
        "Ctrl N",
        Text("新建一本台账", "New registry"),
        Text(
            "先选城市口径：锦江、瑶海、衢州，或自定",
            "Choose a city profile first: Jinjiang, Yaohai, Quzhou or your own",
        ),
    ),
    (
        "registry.sample",
        "map-trifold",
        "Ctrl Shift O",
        Text("看看样例", "Look at the sample"),
        Text("瑶海样例：合成数据，可随意改", "Yaohai sample: synthetic data, change what you like"),
    ),
)
_STEPS_TITLE: Final = Text("第一天，四步就能看到覆盖率", "Coverage on the first day, in four steps")
_STEPS: Final = (
    (Text("导入界线", "Import borders"), Text("街道、社区、网格；没有网格可先到社区", "Streets, communities, grids; communities alone will do")),
    (Text("导入小区", "Import compounds"), Text("面或名单都行；坐标偏了会提醒", "Outlines or a roster; shifted coordinates are noticed")),
    (Text("挂上党组织与物业", "Attach organisations and firms"), Text("按名称配对，拿不准的留给您选", "Matched by name; doubtful ones are left to you")),
    (Text("看覆盖与缺口", "See coverage and gaps"), Text("每个数字都能点开到小区名单", "Every number opens into a list of compounds")),
)  # fmt: skip
_DROP: Final = Text(
    "台账打开后，“导入”读 Excel、Shapefile、GeoJSON",
    "Once a registry is open, Import reads Excel, Shapefile and GeoJSON",
)
_RECENT: Final = Text("最近", "Recent")
_DRAFT: Final = Text(
    "一个小区的边界画到一半（{}），已留着。", "An outline was left half drawn ({}); it is kept."
)
_GO_ON: Final = Text("接着画", "Go on drawing")


class StartButton(QPushButton):
    """A big button: icon, title, what it is, keys."""

    def __init__(self, icon: str, keys: str, title: str, note: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon, self._keys, self._title, self._note = icon, keys, title, note
        self.setProperty("role", "start")
        self.setFixedSize(520, 66)
        self.setAccessibleName(f"{title}，{note}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame by style, the rest by hand."""
        super().paintEvent(event)
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_ground))
        painter.drawRoundedRect(QRectF(16, 14, 38, 38), 6, 6)
        theme.draw_icon(painter, self._icon, QRectF(26, 24, 18, 18), t.accent)
        paint.text(painter, QRectF(70, 12, 320, 22), self._title, theme.font(15, bold=True), t.t1)
        paint.text(painter, QRectF(70, 35, 340, 20), self._note, theme.font(13), t.t2)
        small = theme.font(11)
        painter.setFont(small)
        width = painter.fontMetrics().horizontalAdvance(self._keys) + 10.0
        cap = QRectF(self.width() - width - 14, 24, width, 18)
        painter.setPen(QColor(t.ctl))
        painter.setBrush(QColor(t.panel))
        painter.drawRoundedRect(cap, 4, 4)
        paint.text(painter, cap, self._keys, small, t.t2, Qt.AlignmentFlag.AlignHCenter)


class _Number(QWidget):
    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = number
        self.setFixedSize(QSize(28, 28))

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(t.ctl), 1))
        painter.drawEllipse(QRectF(1, 1, 26, 26))
        box = QRectF(self.rect())
        paint.text(
            painter, box, str(self._number), theme.font(13, bold=True), t.t2, Qt.AlignmentFlag.AlignHCenter
        )


class FirstRun(QWidget):
    """The page of a window without a registry."""

    opened = Signal(str)  # path
    draft_wanted = Signal(str)  # path

    def __init__(
        self, context: WindowContext, actions: Mapping[str, QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._actions = context, actions
        self.setObjectName("first_run")
        self.setProperty("room", "paper")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        left = self._column = QVBoxLayout()
        left.setSpacing(12)
        title = text_label(context.say(_TITLE), "", self)
        title.setProperty("type", "hero")
        left.addWidget(title)
        left.addWidget(text_label(context.say(_SUB), "", self))
        left.addSpacing(4)
        self.starts: list[StartButton] = []
        for name, icon, keys, words, note in _STARTS:
            button = StartButton(icon, keys, context.say(words), context.say(note), self)
            button.setObjectName(f"first_run.{name.partition('.')[2]}")
            button.clicked.connect(actions[name].trigger)
            left.addWidget(button)
            self.starts.append(button)
        self.recent_title = text_label(context.say(_RECENT), "", self)
        self.recent_title.setProperty("type", "strong")
        left.addSpacing(8)
        left.addWidget(self.recent_title)
        self._recent = QGridLayout()
        self._recent.setHorizontalSpacing(12)
        self._recent.setVerticalSpacing(2)
        left.addLayout(self._recent)
        self.draft = Banner("draft", context.lang, self)
        self.draft.setFixedWidth(520)
        left.addWidget(self.draft)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(110, 48, 110, 24)
        row.addLayout(left)
        row.addStretch(1)
        right = QVBoxLayout()
        right.addSpacing(78)
        self._card = self._steps()
        right.addWidget(self._card)
        right.addStretch(1)
        row.addLayout(right)
        self.show_recent()

    def add_notice(self, notice: Banner) -> None:
        """Have a banner above the title: why a registry could not be opened."""
        notice.setFixedWidth(520)
        self._column.insertWidget(0, notice)

    def _steps(self) -> QWidget:
        card = QFrame(self)
        card.setProperty("room", "float")
        card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        card.setFixedWidth(390)
        float_over(card)
        box = QVBoxLayout(card)
        box.setContentsMargins(20, 16, 20, 16)
        box.setSpacing(14)
        head = text_label(self._context.say(_STEPS_TITLE), "", card)
        head.setProperty("type", "card")
        box.addWidget(head)
        for number, (words, note) in enumerate(_STEPS, 1):
            line = QHBoxLayout()
            line.setSpacing(12)
            line.addWidget(_Number(number, card), 0, Qt.AlignmentFlag.AlignTop)
            said = QVBoxLayout()
            said.setSpacing(0)
            strong = text_label(self._context.say(words), "", card)
            strong.setProperty("type", "strong")
            faint = text_label(self._context.say(note), "", card)
            faint.setProperty("type", "second")
            faint.setWordWrap(True)
            said.addWidget(strong)
            said.addWidget(faint)
            line.addLayout(said, 1)
            box.addLayout(line)
        drop = text_label(self._context.say(_DROP), "", card)
        drop.setProperty("type", "second")
        box.addWidget(drop)
        return card

    def show_recent(self) -> None:
        """List the files that were open last."""
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        rows = self._context.settings.recent()[:5]
        self.recent_title.setVisible(bool(rows))
        for place, (path, at) in enumerate(rows):
            file = Path(path)
            link = QPushButton(
                theme.icon("folder-open" if file.is_dir() else "file", 15),
                plain_caption(elided(file.name, 260)),
                self,
            )
            link.setObjectName(f"first_run.recent.{place + 1}")
            link.setAccessibleName(f"{file.name}，{file.parent}")
            link.setProperty("role", "link")
            link.setProperty("path", path)
            link.clicked.connect(self._on_recent)
            where = text_label(elided(str(file.parent), 120, 12), "", self)
            where.setProperty("type", "second")
            set_tip(where, str(file.parent))
            when = text_label(_when(at), "", self)
            when.setProperty("type", "second")
            self._recent.addWidget(link, place, 0, Qt.AlignmentFlag.AlignLeft)
            self._recent.addWidget(where, place, 1)
            self._recent.addWidget(when, place, 2, Qt.AlignmentFlag.AlignRight)
        for path, _ in rows:
            draft = self._context.settings.draft(path)
            if draft is not None and (draft.get("corners") or draft.get("acts")):
                words = _DRAFT.format(_when(str(draft.get("at", ""))))
                self.draft.show_words("note", words, _GO_ON, partial(self.draft_wanted.emit, path))
                break

    @Slot()
    def _on_recent(self) -> None:
        button = self.sender()
        if button is not None:
            self.opened.emit(str(button.property("path")))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint paper, and a few quiet border lines behind the card."""
        t = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(t.paper))
        if self.width() < 1100:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(self.width() - 360, 0)
        painter.setPen(QPen(QColor(t.line), 1.6))
        high = float(self.height())
        for line in _LINES:
            path = QPainterPath(QPointF(line[0][0], line[0][1] * high))
            for x, y in line[1:]:
                path.lineTo(QPointF(x, y * high))
            painter.drawPath(path)

    def resizeEvent(self, event: object) -> None:
        """Hide the card where there is no room for it."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._card.setVisible(self.width() >= 1100)
        layout = self.layout()
        if layout is not None:
            side = 110 if self.width() >= 1100 else 40
            layout.setContentsMargins(side, 48 if self.height() > 600 else 20, side, 24)


def _when(at: str) -> str:
    try:
        moment = datetime.fromisoformat(at).astimezone()
    except ValueError:
        return ""
    now = datetime.now().astimezone()
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%Y-%m-%d}"


_LINES: Final = (
    ((-140, 0.02), (-170, 0.12), (-60, 0.17), (10, 0.11), (60, 0.16), (110, 0.02)),
    ((-60, 0.17), (-70, 0.26), (-20, 0.3), (70, 0.25), (60, 0.16)),
    ((-20, 0.3), (-40, 0.45), (-130, 0.55), (-160, 0.72), (-90, 0.8), (-110, 0.95)),
    ((-40, 0.45), (60, 0.62), (-10, 0.68), (-30, 0.9), (20, 1.0)),
    ((70, 0.25), (190, 0.4), (170, 0.6), (230, 0.68), (190, 0.78), (200, 0.96)),
    ((60, 0.62), (170, 0.6)),
    ((-10, 0.68), (100, 0.8), (190, 0.78)),
)
