"""What is to be purged, and what can't be: too little, a word of the program, a code that stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from app.domain.kinds import COMMON_FIELDS, KINDS
from app.domain.purging import PURGED, PURGED_CODE, Sought
from app.domain.vocabulary import VERBS
from app.errors import InvalidInput, Problem
from app.persistence.migrations import STEPS
from app.persistence.purging.text import TextPurge
from app.services.profile.profiles import city_profiles, load_profile
from app.services.registry.info import must_be_file
from app.text import Text

if TYPE_CHECKING:
    from app.domain.profile.profile import Profile
    from app.services.registry.registry import Registry

_OURS: Final = ("yes", "no", "unknown", "profile", "record", "text", PURGED, PURGED_CODE)


@dataclass(frozen=True)
class Asked:
    """Either a text, or the code of a record of which the journal is to keep nothing but what stands today."""

    code: str | None = None
    text: str | None = None

    @cached_property
    def sought(self) -> Sought | None:
        """The text as it is recognised, None where a code is asked for."""
        return None if self.text is None else Sought(self.text)

    def check(self, registry: Registry, why: str) -> None:
        """Raise InvalidInput where this can't be purged, with why."""
        if not why.strip():
            raise _refused(Text("要写为什么（--why）。", "Say why (--why)."), "why")
        self.check_place(registry)
        if self.sought is not None and self.sought.is_in(why):
            message = Text(
                "理由里写着要清除的文字，它会留在日志里。换个说法。",
                "The reason holds the very text that is to go, and the journal keeps it. Say it otherwise.",
            )
            raise _refused(message, "why")

    def check_place(self, registry: Registry) -> None:
        """Raise InvalidInput where it can't be purged in this registry, whatever the reason."""
        must_be_file(registry.path)
        if (self.code is None) == (self.text is None):
            raise _refused(
                Text("写 --code 或 --text，一次一个。", "Give --code or --text, one at a time."), "text"
            )
        sought = self.sought
        if sought is None:
            if self.code not in registry.dataset.used_codes:
                message = Text(
                    f"没有编码 {self.code}，过去也没有过。",
                    f"There is no code {self.code}, and there never was.",
                )
                raise _refused(message, "code")
            return
        if sought.is_too_short:
            message = Text(
                "文字太短，会碰到不相干的地方：汉字至少 2 个，字母至少 3 个，数字至少 5 位。",
                "The text is too short and stands where nobody means it: at least 2 Chinese characters, 3 letters or 5 digits.",
            )
            raise _refused(message, "text")
        if _is_ours(sought, registry.profile):
            message = Text(
                "这是程序或口径自己的用词，清除它会毁掉台账。写完整的姓名、地址或号码。",
                "This is a word of the program or of its profiles; taking it out would ruin the registry. "
                "Give the whole name, address or number.",
            )
            raise _refused(message, "text")
        standing = TextPurge(sought, frozenset(_codes_in_use(registry))).standing_codes()
        if standing:
            message = Text(
                f"{standing[0]} 的编码里就有这段文字，而编码不能改。先用新编码重新登记，删除旧的，再清除。",
                f"The code of {standing[0]} holds this text, and codes can't change. Register it under another code, "
                "remove the old one, then purge.",
            )
            raise InvalidInput(
                message, tuple(Problem(message=message, code=code, column="code") for code in standing)
            )


def codes_in_use(registry: Registry) -> frozenset[str]:
    """Return the codes of records that stand."""
    return frozenset(_codes_in_use(registry))


def _codes_in_use(registry: Registry) -> list[str]:
    dataset = registry.dataset
    return [code for kind, spec in KINDS.items() if spec.coded for code in dataset.of(kind)]


def _is_ours(sought: Sought, profile: Profile) -> bool:
    words = [*KINDS, *VERBS, *COMMON_FIELDS, *_OURS, *(step.sentence for step in STEPS)]
    words += [*profile.facts, *(code for choices in profile.choices.values() for code in choices)]
    for kind in KINDS.values():
        words += [kind.table, kind.words.zh, kind.words.en]
        words += [said for field in kind.fields for said in (field.name, field.words.zh, field.words.en)]
    words += [load_profile(name).text for name in city_profiles()]
    return any(sought.is_in(word) for word in words)


def _refused(message: Text, column: str) -> InvalidInput:
    return InvalidInput(message, (Problem(message=message, column=column),))
