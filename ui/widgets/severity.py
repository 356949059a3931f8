"""How serious a finding is, by sign and by colour."""

from __future__ import annotations

from typing import Final

SEVERITY_ICONS: Final = {"error": "warning-octagon", "warning": "warning", "notice": "info"}


def severity_token(severity: str) -> str:
    """Return the name of the colour of a finding's icon."""
    return severity if severity in {"error", "warning"} else "t2"
