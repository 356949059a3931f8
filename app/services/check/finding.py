"""One thing about the data that somebody should look at, with an id that stays the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.domain.vocabulary import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.mend import Mend
    from app.domain.record import Record
    from app.text import Text

RULES: Final = (
    "grid_gap",
    "grid_overlap",
    "compound_overlap",
    "outside_unit",
    "straddles",
    "no_outline",
    "recorded_differs",
    "duplicate",
    "unnamed",
    "grid_without_community",
    "grid_size",
    "firm_code",
    "no_parent_organisation",
    "three_no_contradiction",
    "yes_without_record",
    "missing_households",
    "stale_fact",
    "datum_shift",
    "far_away",
    "zone_differs",
    "personal_number",
)
SEVERITIES: Final = ("error", "warning", "notice")  # gravest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A finding. ``codes``: the record it is about first, then the others; ``message`` ends with a next step."""

    rule: str
    severity: str
    codes: tuple[str, ...]
    message: Text
    measure: Mapping[str, float] = field(default_factory=dict)
    mend: tuple[Mend, ...] = ()  # where there is exactly one right mend
    waived_until: date | None = None

    @property
    def fixable(self) -> bool:
        """Whether there is exactly one right mend, which `fix` does."""
        return bool(self.mend)

    @property
    def id(self) -> str:
        """Rule and a digest of rule and codes: the same finding has the same id on every day and machine."""
        text = "\n".join((self.rule, *sorted(self.codes)))
        return f"{self.rule}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the finding as the contract prints it."""
        return {
            "id": self.id,
            "rule": self.rule,
            "severity": self.severity,
            "codes": list(self.codes),
            "message": self.message.in_(lang),
            "measure": dict(self.measure),
            "fixable": self.fixable,
            "waived_until": None if self.waived_until is None else self.waived_until.isoformat(),
        }


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings gravest first, then by rule as the contract lists them, then by code; waived ones last."""
    return sorted(
        findings,
        key=lambda f: (
            f.waived_until is not None,
            SEVERITIES.index(f.severity),
            RULES.index(f.rule),
            f.codes,
        ),
    )


def name_of(record: Record, lang: str = "zh") -> str:
    """Return how a sentence calls a record: its name and code."""
    name = record.text("name").strip() or UNNAMED.in_(lang)
    return f"{name} {record.code}" if lang == "en" else f"{name}（{record.code}）"


def short_name(dataset: Dataset, code: str) -> str:
    """Return how a sentence calls a unit: its name; its code where it has none."""
    record = dataset.find(code)
    return code if record is None else record.text("name").strip() or code
