"""A step of the journal in words, as panels, toasts and the tips of undo and redo say it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.domain.vocabulary import RULES, VERBS, word_of
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile

_OUTLINE: Final = Text("边界", "outline")
_OF_OUTLINES: Final = {"reshape", "split", "merge"}
_AMONG: Final = Text("，连同另外 {} 个", " and {} more")
_PERIOD: Final = {
    "valid_from": Text("第一天", "first day"),
    "valid_until": Text("最后一天", "last day"),
    "source": Text("来源", "source"),
}


def change_words(change: Any, code: str, dataset: Dataset, profile: Profile, lang: str) -> str:
    """Return a change as a user reads it, told from the record ``code``: what, before → after."""
    verb = word_of(VERBS, change.verb).in_(lang)
    mine = [d for d in change.details if _is_about(d, code)] or list(change.details)
    said = [_detail_words(detail, dataset, profile, lang) for detail in mine[:3]]
    shown = "；".join(part for part in said if part) if lang == "zh" else "; ".join(p for p in said if p)
    more = f" … {len(mine)}" if len(mine) > 3 else ""
    return f"{verb} {shown}{more}".strip()


def step_words(change: Any, dataset: Dataset, profile: Profile, lang: str) -> str:
    """Return a change as a step that was taken back or done again: what was done, and to what.

    Of outlines it is the name of the record that tells it, not what was written of each.
    """
    codes = list(change.codes)
    if change.verb not in _OF_OUTLINES:
        return change_words(change, codes[0] if codes else "", dataset, profile, lang)
    found = next((record for code in codes if (record := dataset.find(code)) is not None), None)
    name = (found.text("name") or found.code) if found is not None else ""
    more = _AMONG.in_(lang).format(len(codes) - 1) if len(codes) > 1 and change.verb == "reshape" else ""
    return f"{word_of(VERBS, change.verb).in_(lang)} {name}{more}".strip()


def why_words(change: Any, lang: str) -> str:
    """Return a change's reason; of a step taken back or done again, which step that was."""
    why = change.why or ""
    return word_of(VERBS, why).in_(lang) if change.verb in ("undo", "redo") else why


def _is_about(detail: Any, code: str) -> bool:
    whole = detail.after if isinstance(detail.after, dict) else detail.before
    fields = whole.get("fields", {}) if isinstance(whole, dict) else {}
    return detail.code == code or code in (fields.get("to"), fields.get("compound"))


def _detail_words(detail: Any, dataset: Dataset, profile: Profile, lang: str) -> str:
    if detail.kind == "crs":
        return f"{detail.before} → {detail.after}"
    if detail.kind == "foreign":  # turned back, and could not have been taken
        sides = [v["code"] if isinstance(v, dict) else _plain(v) for v in (detail.before, detail.after)]
        return " → ".join(sides)
    if detail.kind == "export":  # the reason of the step says what left
        return ""
    if detail.kind not in KINDS:  # of the profile: the name of a declaration, or its whole text
        return "" if detail.field == "text" else str(detail.field)
    kind = KINDS[detail.kind]
    if detail.field == "record":
        whole = detail.after if isinstance(detail.after, dict) else detail.before
        fields = whole.get("fields", {}) if isinstance(whole, dict) else {}
        if detail.kind == "facts" and fields:
            value = _fact_word(profile, str(fields.get("key")), fields.get("value"), lang)
            name = _fact_name(profile, str(fields.get("key")), lang)
            return f"{name} → {value}" if detail.after is not None else name
        if detail.kind == "lineage":
            return f"{fields.get('before')} → {fields.get('after')}"
        if detail.kind == "waivers":
            rule = word_of(RULES, str(fields.get("rule") or "")).in_(lang)
            return f"{rule} → {whole.get('valid_until')}" if isinstance(whole, dict) else rule
        other = fields.get("organisation") or fields.get("firm") or ""
        if other:
            record = dataset.find(str(other))
            return str(record.get("name") or other) if record is not None else str(other)
        return f"{kind.words.in_(lang)} {fields.get('name') or detail.code}"
    if detail.kind == "facts":
        fact = next(
            (f for rows in dataset.facts(detail.code).values() for f in rows if f.id == detail.row_id), None
        )
        if fact is None:  # not there any more: whose fact it was is all that is known
            return f"{kind.words.in_(lang)} {PeopleWords(dataset, profile, lang).named(detail.code)}"
        key = fact.text("key")
        if detail.field in _PERIOD:
            said = _PERIOD[detail.field].in_(lang)
            return f"{_fact_name(profile, key, lang)} {said} {_plain(detail.before)} → {_plain(detail.after)}"
        before, after = (_fact_word(profile, key, value, lang) for value in (detail.before, detail.after))
        return f"{_fact_name(profile, key, lang)} {before} → {after}"
    if detail.field == "geometry":
        return _OUTLINE.in_(lang)
    if detail.field in _PERIOD:
        return f"{_PERIOD[detail.field].in_(lang)} {_plain(detail.before)} → {_plain(detail.after)}"
    field = kind.by_name.get(detail.field)
    if field is None:
        return ""
    choices = profile.choices.get(field.choices, {})
    before = choices[detail.before].in_(lang) if detail.before in choices else _plain(detail.before)
    after = choices[detail.after].in_(lang) if detail.after in choices else _plain(detail.after)
    return f"{field.words.in_(lang)} {before} → {after}"


def _plain(value: Any) -> str:
    return "—" if value is None or value == "" else str(value)


def _fact_name(profile: Profile, key: str, lang: str) -> str:
    spec = profile.facts.get(key)
    return key if spec is None else spec.words.in_(lang)


def _fact_word(profile: Profile, key: str, value: Any, lang: str) -> str:
    spec = profile.facts.get(key)
    said = None if spec is None else profile.fact_choices(spec).get(str(value))
    return _plain(value) if said is None else said.in_(lang)


def when_words(at: str, lang: str) -> str:
    """Return a journal's time in the user's own clock: today's by the hour, others by the day."""
    moment = datetime.fromisoformat(at).astimezone()
    now = datetime.now().astimezone()
    if moment.date() == now.date():
        return f"{'今天' if lang == 'zh' else 'today'} {moment:%H:%M}"
    return f"{moment:%m-%d %H:%M}" if moment.year == now.year else f"{moment:%Y-%m-%d}"
