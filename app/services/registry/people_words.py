"""Values of records as people read them: words for choices and answers, names beside codes, sizes with a unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, FieldType
from app.domain.vocabulary import ANSWERS, IS_THREE_NO, UNNAMED
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.dataset import Dataset
    from app.domain.kind import Field
    from app.domain.profile.profile import Profile

_HECTARE: Final = 10_000.0
_HECTARES: Final = Text("{:.2f} 公顷", "{:.2f} ha")
_SQUARE_METRES: Final = Text("{:.0f} 平方米", "{:.0f} m²")


class PeopleWords:
    """Says values in one language."""

    def __init__(self, dataset: Dataset, profile: Profile, lang: str) -> None:
        self._dataset, self._profile, self._lang = dataset, profile, lang

    def named(self, code: str) -> str:
        """Return a record's name and code; of what has no name of its own, that of its organisation or firm."""
        record = self._dataset.find(code)
        if record is None:
            return code
        if record.kind == "facts":
            name, said = self.fact(record.text("key"), record.text("value"))
            return f"{name} {said} {record.valid_from or ''}".rstrip()
        index = KINDS[record.kind].index
        if "name" in index:
            return f"{record.text('name').strip() or UNNAMED.in_(self._lang)} {code}"
        for bearer in ("organisation", "firm"):
            other = self._dataset.find(record.text(bearer)) if bearer in index else None
            if other is not None:
                return f"{other.text('name')} {code}"
        return code

    def value(self, field: Field, value: object) -> str:
        """Return a field's value."""
        if value is None:
            return ""
        if field.type is FieldType.CHOICE:
            return self._choice(self._profile.choices[field.choices], value)
        if field.type is FieldType.ANSWER:
            return self._choice(ANSWERS, value)
        if field.type is FieldType.REFERENCE:
            return self.named(str(value))
        if not field.is_screened and (declared := self._declared(field.name, str(value))):
            return declared
        return self._plain(value)

    def fact(self, key: str, value: object) -> tuple[str, str]:
        """Return a fact's name and value."""
        spec = self._profile.facts.get(key)
        if spec is None:
            return key, self._plain(value)
        said = self._choice(self._profile.fact_choices(spec), value)
        if spec.type == "rate" and isinstance(value, int | float):
            said = f"{value:.1%}"
        elif spec.unit:
            said = f"{said} {spec.unit}"
        return spec.words.in_(self._lang), said

    def derived(self, name: str, value: object) -> str:
        """Return what is worked out of a record: a unit with its name, an area with its unit."""
        if name == "three_no":
            return self._choice(IS_THREE_NO, value)
        if name == "area_m2" and isinstance(value, int | float):
            is_large = value >= _HECTARE / 10
            return (
                (_HECTARES if is_large else _SQUARE_METRES)
                .in_(self._lang)
                .format(value / _HECTARE if is_large else value)
            )
        if name in ("lon", "lat") and isinstance(value, int | float):
            return f"{value:.6f}"
        return self.named(str(value))

    def field(self, kind: str, name: str, value: object) -> str:
        """Return a field's value, by the names of kind and field."""
        field = KINDS[kind].by_name.get(name)
        return self._plain(value) if field is None else self.value(field, value)

    def _declared(self, field: str, value: str) -> str:
        """Return the words of what the profile declares under an id; "" where it declares nothing."""
        scheme = self._profile.scheme(value) if field == "scheme" else None
        found = {
            "relation": self._profile.relations.get(value),
            "key": self._profile.facts.get(value),
            "scheme": scheme,
        }.get(field)
        return "" if found is None else found.words.in_(self._lang)

    def _choice(self, words: Mapping[str, Text], value: object) -> str:
        found = words.get(str(value))
        return self._plain(value) if found is None else found.in_(self._lang)

    def _plain(self, value: object) -> str:
        if isinstance(value, bool) or value is None:
            return "" if value is None else str(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, float):
            return f"{value:,.2f}".rstrip("0").rstrip(".")
        return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)
