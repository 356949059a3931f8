"""What stands on the notes of a workbook that people fill in and bring back: the same lines for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.services.registry.registry import Registry


class SheetNotes(NamedTuple):
    """What differs from one such workbook to another."""

    content: Text
    filling: Text
    bringing: Text
    personal: Text

    def lines(self, registry: Registry, day: date, lang: str) -> list[tuple[str, str]]:
        """Return label and text of each line; where the data is made up, that stands last."""
        said = [
            (Text("台账", "Registry"), Text(registry.info.name, registry.info.name)),
            (Text("写于", "Written on"), Text(day.isoformat(), day.isoformat())),
            (Text("内容", "Content"), self.content),
            (Text("怎样填", "How to fill it in"), self.filling),
            (Text("怎样导入", "How to bring it in"), self.bringing),
            (Text("个人信息", "Personal data"), self.personal),
        ]
        if registry.info.is_synthetic:
            said.append((Text("合成数据", "Synthetic data"), registry.info.note))
        return [(label.in_(lang), text.in_(lang)) for label, text in said]
