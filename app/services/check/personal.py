"""The rule of `check` for mobile and identity numbers that are in a file already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.personal import personal_texts
from app.services.check.finding import Finding
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.record import Record
    from app.services.check.asked import Asked

_WORDS: Final = {
    "identity": Text("身份证号", "an identity number"),
    "mobile": Text("手机号", "a mobile number"),
}
_COMMON: Final = {"code": Text("代码", "Code"), "source": Text("来源", "Source")}


def personal_number(asked: Asked) -> Iterator[Finding]:
    """Find records of any kind, in force or not, whose texts hold a mobile or identity number.

    The number itself, and so the name that may hold it, is never repeated.
    """
    for kind in KINDS:
        for record in asked.dataset.of(kind).values():
            found = dict(personal_texts(record))
            if not found:
                continue
            fields = [_words_of(record, name, asked) for name in found]
            what = [_WORDS[which] for which in sorted(set(found.values()))]
            yield Finding(
                rule="personal_number",
                severity="error",
                codes=(_code_of(record),),
                message=Text(
                    f"{KINDS[kind].words.zh}{_code_of(record)}的“{'、'.join(w.zh for w in fields)}”里有{'和'.join(w.zh for w in what)}。"
                    "台账不记个人号码：删去，或改写成岗位。",
                    f"{KINDS[kind].words.en} {_code_of(record)}: {', '.join(w.en for w in fields)} holds "
                    f"{' and '.join(w.en for w in what)}. Personal numbers are not kept: take it out, or name the post.",
                ),
                measure={"count": len(found)},
            )


def _words_of(record: Record, name: str, asked: Asked) -> Text:
    if record.kind == "facts" and name == "value":
        spec = asked.profile.facts.get(record.text("key"))
        return KINDS["facts"].by_name["value"].words if spec is None else spec.words
    field = KINDS[record.kind].by_name.get(name)
    return _COMMON[name] if field is None else field.words


def _code_of(record: Record) -> str:
    """Return the code that a finding leads to: a fact's or a count's is that of its subject."""
    return record.code if KINDS[record.kind].coded else record.text("subject")
