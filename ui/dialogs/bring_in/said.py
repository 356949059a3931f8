"""What the user said of a file while its plan was worked on: one state, taken back step by step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The user's word. ``columns``: column → field, "" for left out; ``constants``: field → value; ``only``: column → value.

    ``answers``, ``edits`` and ``parts`` as the request of an import has them; ``unticked``: rows that are not taken.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    edits: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    unticked: frozenset[str] = frozenset()

    @property
    def mapping(self) -> dict[str, str]:
        """Field → column, where the user chose."""
        return {name: column for column, name in self.columns.items() if name}

    @property
    def left(self) -> tuple[str, ...]:
        """The columns that the user leaves out."""
        return tuple(column for column, name in self.columns.items() if not name)


class Words(QObject):
    """Holds what was said, tells when it changed, and takes it back.

    ``changed`` says whether the plan has to be made anew: a tick does not.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = Said()
        self._before: list[Said] = []
        self._after: list[Said] = []

    @property
    def now(self) -> Said:
        """What holds."""
        return self._now

    @property
    def can_go_back(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    def say(self, **changed: Any) -> None:
        """Put something in place of what was said; nothing where it says the same."""
        said = replace(self._now, **changed)
        if said == self._now:
            return
        self._before.append(self._now)
        self._after.clear()
        self._take(said)

    def put(self, what: str, key: str, value: str | None) -> None:
        """Say a value under a key of one of the mappings; None takes the key out."""
        pairs = dict(getattr(self._now, what))
        pairs.pop(key, None)
        if value is not None:
            pairs[key] = value
        self.say(**{what: pairs})

    @Slot(str, str)
    def choose(self, column: str, name: str) -> None:
        """Give a column a field, "" for none; whatever else had the field by the user's word loses it."""
        columns = {c: of for c, of in self._now.columns.items() if c != column and not (name and of == name)}
        self.say(columns={**columns, column: name})

    def edit(self, row: str, column: str, value: str) -> None:
        """Type a value in place of what a cell of the file says."""
        self.put("edits", f"{row}:{column}", value)

    def toggle(self, row: str) -> None:
        """Take a row's tick away, or give it back."""
        self.say(unticked=self._now.unticked ^ {row})

    @Slot()
    def go_back(self) -> None:
        """Take the last step back."""
        if self._before:
            self._after.append(self._now)
            self._take(self._before.pop())

    @Slot()
    def go_on(self) -> None:
        """Bring back the step that was taken back last."""
        if self._after:
            self._before.append(self._now)
            self._take(self._after.pop())

    def forget(self) -> None:
        """Start anew: it was said of another file, table or kind."""
        self._before.clear()
        self._after.clear()
        self._now = Said()

    def _take(self, said: Said) -> None:
        before, self._now = self._now, said
        self.changed.emit(replace(before, unticked=said.unticked) != said)
