"""Lets a control act or not, and says why not where it is asked: in its tip and to a screen reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_OWN: Final = "own_tip"


def permit(widget: QWidget, reason: str, *, may: bool = True) -> None:
    """Enable a control where it makes sense (``may``) and nothing forbids it (``reason`` is "").

    The reason stands in the tip as long as it holds; then the control's own tip stands there again.
    """
    widget.setEnabled(may and not reason)
    tell(widget, reason)


def tell(widget: QWidget, reason: str) -> None:
    """Say a reason in the tip of a control that stays as it is; "" gives it its own tip back."""
    own = widget.property(_OWN)
    if own is None:
        own = widget.toolTip()
        widget.setProperty(_OWN, own)
    set_tip(widget, reason or str(own))
    widget.setAccessibleDescription(reason)
