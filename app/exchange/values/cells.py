"""The cells of one column, read by the type of the field it was taken for: each written form once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.codes.codes import normal_code, normal_credit_code
from app.domain.kinds import KINDS, FieldType
from app.domain.personal import personal_in
from app.domain.values import is_empty, read_fact, read_field
from app.errors import InvalidInput
from app.exchange.headings import SURVEYED
from app.exchange.picture import Below, Lost, Shared, Unsplit, is_error, lost_words
from app.exchange.values.answers import read_answer, read_choice
from app.exchange.values.as_written import odd_texts
from app.exchange.values.days import read_written_day, read_year
from app.exchange.values.named_records import name_in
from app.exchange.values.numbers import (
    count_units,
    heading_scale,
    is_area_unit,
    read_area,
    read_count,
    read_money,
    read_plain_number,
    read_rate,
)
from app.exchange.values.outcome import (
    CARRY,
    CLEAR_WORDS,
    CLEARED,
    LEAVE,
    NOTHING_KNOWN,
    Meaning,
    Option,
    Unclear,
    unclear,
)
from app.exchange.values.persons import without_person
from app.exchange.values.plain import (
    changes_letters,
    folded,
    is_mark,
    is_not_known,
    is_ordinary,
    is_word_for_unknown,
    squeezed,
)
from app.exchange.values.written_codes import written_code
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from app.domain.kind import Field
    from app.domain.profile.profile import Profile

_NAMES_NOTHING: Final = ("name", "address")  # texts for which 无 and 不详 are no value
_LONGEST_NOTHING: Final = 12  # characters of what says that nothing is known
_PER_AREA: Final = "fee_yuan_m2_month"
_MONEY_FIELDS: Final = (_PER_AREA, "subsidy_yuan")
_FORMS_KEPT: Final = 4096  # of a column of free text: hardly any cell of it says what another says
_MAY_BE_CLEARED: Final = ("valid_from", "valid_until", "source")
CUT: Final = "cut"  # the answer that takes a text without the person in it
_CUT_SAID: Final = Text("没有登记里面的个人信息", "the personal data in it is not kept")
_PERSONAL: Final = {
    "identity": Text(
        "里面像有身份证号。台账不收个人信息。",
        "This looks like an identity number. Personal data is not kept.",
    ),
    "mobile": Text(
        "里面像有手机号。台账不收个人信息。",
        "This looks like a private telephone number. Personal data is not kept.",
    ),
}
_AS_ABOVE: Final = Text("照上面填", "as above")
NAMED: Final = Text("写的是名称，按“有”登记", "a name; registered as yes")
_LETTERS: Final = Text(
    "换成了常用的字形（文字像是从 PDF 拷来的）", "put into common characters (copied from a PDF, it seems)"
)


class Read(NamedTuple):
    """What a form says: its meaning, or why it can't be taken; ``options`` where the user can say it."""

    meaning: Meaning | None
    wrong: Text | None = None
    options: tuple[Option, ...] = ()


class CellReader:
    """Reads the cells of one column. ``answers``: written form, as ``comparable`` gives it → what it means."""

    def __init__(
        self,
        kind: str,
        name: str,
        profile: Profile,
        *,
        heading: str,
        today: date,
        cells: Callable[[], Sequence[object]],
        answers: Mapping[str, str],
        takes_names: bool = False,
    ) -> None:
        self._kind, self._name = kind, name
        self._answers, self._heading = answers, heading
        self._known: dict[type, dict[object, Read]] = {}
        self._most = _FORMS_KEPT if _is_free(kind, name) else None
        read = _reader(kind, name, profile, heading=heading, today=today, cells=cells)
        self._read = (lambda raw: _named(name, raw, read)) if takes_names else read

    def read(self, raw: object) -> Read:
        """Return what a filled cell says."""
        known = self._known.get(type(raw))
        if known is None:
            known = self._known[type(raw)] = {}
        found = known.get(raw)
        if found is None:
            found = self.read_once(raw)
            if self._most is None or len(known) < self._most:
                known[raw] = found
        return found

    def odd_texts(self, texts: Collection[str]) -> list[str] | None:
        """Return the filled texts that are not what they say as they stand; None where each has to be read."""
        if self._answers:
            return None
        return odd_texts(self._kind, self._name, texts, nothing_in=_NAMES_NOTHING)

    def read_once(self, raw: object) -> Read:
        """Return what ``read`` does, of a form that nobody asks for again."""
        if isinstance(raw, Lost):
            return Read(None, lost_words(raw))
        if isinstance(raw, Shared) and form_of(raw) not in self._answers:
            return self._shared(raw)
        if isinstance(raw, Below):
            return self._below(raw)
        if isinstance(raw, Unsplit):
            return Read(None, _unsplit(raw))
        text = raw if isinstance(raw, str) else None
        answer = self._answers.get(form_of(raw)) if self._answers else None
        if answer == LEAVE:
            return Read(NOTHING_KNOWN)
        if answer == CUT and text is not None:
            return Read(Meaning(without_person(folded(text)), _CUT_SAID))
        if answer is None and text is not None and text.strip().casefold() in CLEAR_WORDS:
            return self._cleared()
        if answer is not None:
            raw = answer
        elif text is not None and not is_ordinary(text):
            if "#" in text and is_error(text.strip()):
                return Read(None, lost_words(Lost(text)))
            raw = folded(text)
        try:
            meaning = self._read(raw)
        except Unclear as question:
            general = self._answers.get("")
            if general == LEAVE:
                return Read(NOTHING_KNOWN)
            if general in {option.value for option in question.options} and answer is None:
                return self._answered(raw, str(general))
            return Read(None, question.message, question.options)
        except InvalidInput as error:
            return Read(None, error.message)
        if text is not None and answer is None and meaning.said is None and changes_letters(text):
            meaning = meaning._replace(said=_LETTERS)
        return Read(meaning)

    def _cleared(self) -> Read:
        """Return that a cell is to be cleared, or that its field never is."""
        field = KINDS[self._kind].by_name.get(self._name)
        if (field is not None and not field.required and self._name != "name") or (
            field is None and self._name in _MAY_BE_CLEARED
        ):
            return Read(CLEARED)
        why = Text(
            "这一项不能清空。不知道就写“未知”，不改就空着。",
            "This can't be cleared. Write unknown, or leave the cell empty to keep it.",
        )
        return Read(None, why)

    def _shared(self, raw: Shared) -> Read:
        """Return the question of a number that merged cells give several records together."""
        if self._answers.get("") == LEAVE:
            return Read(NOTHING_KNOWN)
        why = Text(
            f"合并单元格 {raw.label} 的 {raw.text} 是几条一起的数，分不到每一条。",
            f"{raw.text} in the merged cells {raw.label} is the number of several records together.",
        )
        each = Text(f"每一条都是 {raw.text}", f"{raw.text} for each of them")
        return Read(None, why, unclear(why, ((raw.text, each),)).options)

    def _below(self, raw: Below) -> Read:
        """Return the question of an empty cell that may belong to what stands above it."""
        why = Text(
            f"第 {raw.rows} 行的“{self._heading}”空着，上面写的是“{raw.text}”；这一列这样空着的有 {raw.total} 行。照上面填，还是留空？",
            f"{self._heading!r} is empty in rows {raw.rows} below {raw.text!r}; {raw.total} rows of the column are like that. Is it what stands above, or nothing?",
        )
        return Read(None, why, unclear(why, ((CARRY, _AS_ABOVE),)).options)

    def _answered(self, raw: object, general: str) -> Read:
        """Return what the answer to all of a column's questions makes of a cell that offers it."""
        if general == CUT:
            return Read(Meaning(without_person(str(raw)), _CUT_SAID))
        try:
            return Read(self._read(general))
        except InvalidInput as error:
            return Read(None, error.message)


def _unsplit(raw: Unsplit) -> Text:
    """Return what is wrong with a cell that does not part into the fields that it was said to hold."""
    return Text(
        f"{raw.text!r} 是 {raw.parts} 段，要拆成 {raw.fields} 项，没有替你拆。改好这一格。",
        f"{raw.text!r} has {raw.parts} parts where {raw.fields} fields are wanted; it is not split. Correct the cell.",
    )


def _named(name: str, raw: object, read: Callable[[object], Meaning]) -> Meaning:
    """Return yes where a cell names who it is, else what it answers."""
    return Meaning("yes", NAMED) if name_in(name, raw) is not None else read(raw)


def _is_free(kind: str, name: str) -> bool:
    """Whether a column holds names, codes or other free text, each row its own."""
    field = KINDS[kind].by_name.get(name)
    if field is None:
        return name in ("code", "source")
    return field.type is FieldType.TEXT and not field.choices


def form_of(raw: object) -> str:
    """Return a written form as answers name it: width, case and blanks around don't count; 98.0 is 98."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return squeezed(str(raw)).casefold()


def _reader(
    kind: str,
    name: str,
    profile: Profile,
    *,
    heading: str,
    today: date,
    cells: Callable[[], Sequence[object]],
) -> Callable[[object], Meaning]:
    field = KINDS[kind].by_name.get(name)
    form = field.type if field is not None else None
    spec = profile.facts.get(name) if field is None else None
    if name in ("valid_from", "valid_until", SURVEYED) and field is None:
        form = FieldType.DAY
    if form is FieldType.DAY:
        is_as_of = name == "on"
        return lambda raw: read_written_day(raw, today=today, column=cells(), is_as_of=is_as_of)
    if form is FieldType.YEAR:
        return lambda raw: read_year(raw, today)
    if form is FieldType.COUNT or (spec is not None and spec.type == "count"):
        if spec is not None and is_area_unit(spec.unit):
            return read_area
        units, scale = count_units(name, heading), heading_scale(heading)
        if spec is not None and spec.unit:
            units = (*units, spec.unit)
        return lambda raw: read_count(raw, units, scale)
    if form is FieldType.NUMBER and name in _MONEY_FIELDS:
        scale = 1 if name == _PER_AREA else heading_scale(heading)
        return lambda raw: read_money(raw, per_area=name == _PER_AREA, scale=scale)
    if form is FieldType.NUMBER:
        return read_plain_number
    if form is FieldType.ANSWER or (spec is not None and spec.type == "answer"):
        return read_answer
    chosen = field.choices if field is not None else spec.choices if spec is not None else ""
    if chosen:
        return lambda raw: read_choice(raw, chosen, profile.choices[chosen])
    if name == "code" and field is None:
        return lambda raw: Meaning(normal_code(kind, written_code(raw)))
    if name == "credit_code":
        return lambda raw: (
            NOTHING_KNOWN if _says_nothing(raw) else Meaning(normal_credit_code(written_code(raw)))
        )
    if form is FieldType.REFERENCE:
        return lambda raw: NOTHING_KNOWN if _says_nothing(raw) else Meaning(_reference(raw))
    if spec is not None and spec.type == "money":
        scale = heading_scale(heading)
        return lambda raw: read_money(raw, scale=scale)
    if spec is not None and spec.type == "rate":
        return lambda raw: read_rate(raw, heading)
    return lambda raw: _text(raw, field, name, profile)


def _text(raw: object, field: Field | None, name: str, profile: Profile) -> Meaning:
    written = str(raw)
    if (
        field is not None and written and is_ordinary(written)
    ):  # nothing to put right, nothing that can't be kept
        if is_mark(written) or (name in _NAMES_NOTHING and (is_word_for_unknown(written) or written == "无")):
            return NOTHING_KNOWN
        if not field.is_screened or personal_in(written) is None:
            return Meaning(written)
    plain = squeezed(written) if len(written) <= _LONGEST_NOTHING else written
    if is_mark(plain) or (name in _NAMES_NOTHING and (is_word_for_unknown(plain) or plain == "无")):
        return NOTHING_KNOWN
    spec = profile.facts.get(name)
    value = (
        read_field(field, raw, profile)
        if field is not None
        else str(raw).strip()
        if spec is None
        else read_fact(spec, raw, profile)
    )
    found = personal_in(str(value)) if field is None or field.is_screened else None
    if found is not None:
        cut = without_person(str(value))
        words = Text(f"只登记“{cut}”", f"only {cut!r}")
        raise unclear(_PERSONAL[found], ((CUT, words),) if cut and personal_in(cut) is None else ())
    return Meaning(value)


def _reference(raw: object) -> str:
    """Return what a reference says: a code put right, or a name in the letters it was written in."""
    if not isinstance(raw, str):
        return written_code(raw)
    name = folded(raw).strip().lstrip("'`‘’").strip()
    return written_code(name) if name.isascii() else name


def _says_nothing(raw: object) -> bool:
    plain = squeezed(str(raw))
    return is_empty(raw) or is_not_known(plain) or plain in ("无", "没有")
