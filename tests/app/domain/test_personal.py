"""Mobile and identity numbers: refused in every text of every kind, found where a file holds them already."""

from __future__ import annotations

import json

import pytest

from app.domain.dataset import Dataset
from app.domain.edits import Put
from app.domain.kinds import KINDS, FieldType
from app.domain.period import today
from app.domain.personal import MASK, personal_in, personal_texts, without_numbers
from app.domain.record import make_record
from app.domain.rules.rules import problems_of
from app.errors import InvalidInput
from app.services.bring_out.export_data import ExportRequest, export
from app.services.bring_out.formats import WRITTEN
from app.services.check.check import check
from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from tests.app.town import a_town

MOBILE, IDENTITY = "13812345678", "11010519491231002X"
UNSCREENED = {
    ("firms", "credit_code"),  # 18 characters with a check of its own
    ("facts", "key"),
    ("assessments", "scheme"),
    ("assessments", "item"),
    ("links", "relation"),
    ("waivers", "subject"),  # what the program writes of a finding: its records, its id, its rule
    ("waivers", "finding"),
    ("waivers", "rule"),
    ("waivers", "codes"),
    ("tasks", "measure"),  # ids, and refused where they are none
    ("tasks", "finding"),
    ("snapshots", "measure"),  # what was asked, and what the program writes of a table that it keeps
    ("snapshots", "by"),
    ("snapshots", "weight"),
    ("snapshots", "count"),
    ("snapshots", "kind"),
    ("snapshots", "stamp"),
    ("snapshots", "figures"),
    ("snapshots", "states"),
}


@pytest.fixture
def registry(tmp_path):
    town = a_town(tmp_path, households={(0, 0): 100, (11, 0): 120})
    yield town
    town.close()


@pytest.mark.parametrize(
    "text",
    [
        MOBILE,
        f"找{MOBILE}",
        f"tel{MOBILE}转2",
        "138 1234 5678",
        "138-1234-5678",
        "138 12345678",
        "1381234 5678",
        "1381 2345 678",
        "(138)1234-5678",
        "１３８１２３４５６７８",
        "138·1234·5678",
        "+86 138 1234 5678",
        f"86{MOBILE}",
        f"0086{MOBILE}",
        f"甲{MOBILE}、乙13912345678",
    ],
)
def test_that_a_mobile_number_is_seen_however_it_is_written(text):
    assert personal_in(text) == "mobile"
    masked = without_numbers(text)
    assert MASK in masked
    assert personal_in(masked) is None


@pytest.mark.parametrize(
    "text",
    [
        IDENTITY,
        IDENTITY.lower(),
        f"证{IDENTITY}号",
        "110105 19491231 002X",
        "110105-19491231-002x",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_that_an_identity_number_is_seen_however_it_is_written(text):
    assert personal_in(text) == "identity"
    assert personal_in(without_numbers(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "0551-64201234",
        "400-800-1234",
        "12345",
        "长江东路 99 号 13 栋 8 单元 2024 室",
        "2026-11-30",
        "340102001001001",
        "110105194912310021",  # wrong check character
        "91340102MA2MRWHC0X",
        "138123456789",  # twelve digits
        "1990 1231 123",
        "",
    ],
)
def test_that_an_office_s_line_a_code_and_a_day_are_none(text):
    assert personal_in(text) is None
    assert without_numbers(text) == text


def text_fields():
    return [
        (kind.name, field.name)
        for kind in KINDS.values()
        for field in kind.fields
        if field.type is FieldType.TEXT
    ]


def test_that_every_text_of_every_kind_is_screened_unless_it_is_on_this_list():
    declared = {
        (kind.name, field.name) for kind in KINDS.values() for field in kind.fields if not field.is_screened
    }
    assert declared == UNSCREENED
    assert len(text_fields()) > len(UNSCREENED) + 15


@pytest.mark.parametrize("number", [MOBILE, IDENTITY])
@pytest.mark.parametrize(("kind", "field"), [*text_fields(), *((name, "source") for name in KINDS)])
def test_that_a_personal_number_is_refused_in_every_text_of_every_kind(kind, field, number):
    common = {"source": f"找{number}"} if field == "source" else {}
    values = {} if common else {field: f"找{number}"}
    record = make_record(kind, "1", "X000001", **common, **values)
    found = {
        p.column
        for _, p in problems_of(Dataset({}), [Put(record)], load_profile("yaohai"))
        if "号。台账不记" in p.message.zh or "身份证号" in p.message.zh
    }
    assert (field in found) == ((kind, field) not in UNSCREENED)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (k.name, f.name)
        for k in KINDS.values()
        for f in k.fields
        if f.type in (FieldType.COUNT, FieldType.NUMBER)
    ],
)
def test_that_a_number_field_is_no_way_round(kind, field):
    record = make_record(kind, "1", "X000001", **{field: int(MOBILE)})
    assert (field, "mobile") in list(personal_texts(record))


def test_that_the_reason_the_name_of_a_registry_and_its_profile_are_screened_too(registry, tmp_path):
    before = len(registry.history())
    with pytest.raises(InvalidInput, match="手机号") as refused:
        edit.set_values(registry, ["C000001"], {"households": "5"}, why=f"{MOBILE}说的")
    assert refused.value.problems[0].column == "why"
    assert MOBILE not in str(refused.value)
    assert len(registry.history()) == before
    with pytest.raises(InvalidInput, match="手机号"):
        create_registry(tmp_path / "n.gpkg", load_profile("yaohai"), name=MOBILE)
    assert not (tmp_path / "n.gpkg").exists()


@pytest.fixture
def held(registry, monkeypatch):
    """A registry of old that holds numbers in a name, an address, a reason and a value that is past."""
    with monkeypatch.context() as old:
        old.setattr("app.domain.rules.rules.newly_personal", lambda record, before: ())
        old.setattr("app.services.registry.registry.refuse_personal", lambda **texts: None)
        edit.set_values(registry, ["C000001"], {"name": f"小区{MOBILE}"}, why=f"找{MOBILE}")
        edit.set_values(registry, ["C000002"], {"address": f"{IDENTITY}"})
        edit.add(registry, "firms", {"name": f"甲{MOBILE}"})
        edit.set_values(registry, ["340102001"], {"name": f"街{MOBILE}"})
        edit.set_values(registry, ["340102001"], {"name": "东街道"}, since=today())
    return registry


def test_that_what_a_file_holds_already_is_a_finding_that_does_not_repeat_it(held):
    found = check(held.dataset, held.profile, held.engine, held.zone, today(), ["personal_number"])
    assert {f.codes for f in found} == {("C000001",), ("C000002",), ("F000001",), ("340102001",)}
    for finding in found:
        assert finding.severity == "error"
        said = json.dumps(finding.as_json("zh"), ensure_ascii=False) + finding.message.en
        assert MOBILE not in said
        assert IDENTITY not in said


def test_that_other_fields_of_such_a_record_can_be_corrected_and_removing_it_taken_back(held):
    edit.set_values(held, ["C000001"], {"households": "7"})
    with pytest.raises(InvalidInput, match="手机号"):
        edit.set_values(held, ["C000001"], {"address": f"又是{MOBILE}"})
    edit.set_values(held, ["C000001"], {"name": "改好了"})
    held.undo()
    assert held.find("C000001").get("name") == f"小区{MOBILE}"


@pytest.mark.parametrize("format_", [each.name for each in WRITTEN])
@pytest.mark.parametrize("audience", ["public", "street", "internal"])
def test_that_it_leaves_for_no_reader_in_no_format(held, tmp_path, format_, audience):
    path = tmp_path / f"a.{format_}"
    export(held, path, ExportRequest(audience=audience))
    from tests.app.exchange_out.test_export import text_of

    said = text_of(path)
    assert MOBILE not in said
    assert IDENTITY not in said
