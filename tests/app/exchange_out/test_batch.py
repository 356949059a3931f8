"""One file for each street or community: all of them or none, under safe names, told once in the journal."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import pytest

from app.domain.record import make_record
from app.errors import InvalidInput, StorageFault
from app.jobs import Cancelled, Ticket
from app.services.bring_out.batch import export_each, file_names
from app.services.bring_out.export_data import ExportRequest, export
from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry
from app.text import Text
from tests.app.builders import square

DAY = date(2026, 11, 21)
STREETS = ("340102001", "340102002")
NASTY = "../明光路/街道:一*"


@pytest.fixture
def registry(tmp_path):
    """Two streets of one community each, two compounds in the first, one in the second."""
    number = iter(range(1_000))

    def record(kind, code, /, **values):
        return make_record(kind, f"00000000-0000-0000-0000-{next(number):012d}", code, **values)

    records = [record("districts", "340102", name="瑶海区", geometry=square(0, 0, 0.02))]
    for n, (street, name) in enumerate(zip(STREETS, (NASTY, "长淮街道"), strict=True)):
        cell = square(0.01 * n, 0, 0.01)
        records += [
            record("streets", street, name=name, district="340102", geometry=cell),
            record("communities", f"{street}001", name=f"第{n}社区", street=street, geometry=cell),
        ]
    for n in range(3):
        outline = square(0.001 + 0.004 * n + 0.002 * (n == 2), 0.002, 0.003)
        records.append(record("compounds", f"C{n}", name=f"{n}苑", kind="old", geometry=outline))
    (tmp_path / "live").mkdir()
    made = create_registry(
        tmp_path / "live" / "a.gpkg", load_profile("yaohai"), name="瑶海区", records=records, by="tester"
    )
    with closing(made):
        yield made


def asked(**given):
    return ExportRequest(as_of=DAY, ledgers=True, **given)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_that_each_street_has_a_file_of_every_format_and_the_journal_tells_of_it_once(registry, tmp_path):
    steps = registry.last_step
    folder = tmp_path / "out"
    report = export_each(registry, folder, asked(), each="street", asked=["geojson", "csv"])
    assert names(folder) == [
        "340102001-明光路-街道-一.csv", "340102001-明光路-街道-一.geojson",
        "340102002-长淮街道.csv", "340102002-长淮街道.geojson",
    ]  # fmt: skip
    assert report.as_json("zh") == {
        "files": [
            {"unit": unit, "path": str(path), "bytes": path.stat().st_size}
            for unit, path in [
                (path.name[:9], path)
                for path in sorted(folder.iterdir(), key=lambda p: (p.name[:9], p.suffix == ".csv"))
            ]
        ]
    }
    (step,) = registry.history(after=steps)
    assert (step.verb, step.codes, step.undone_by) == ("export", (), None)
    assert step.details[0].after["files"] == 4
    assert registry.next_undo().seq == steps, "what has left can't be taken back: the step before is the next"
    with pytest.raises(InvalidInput, match="撤不回"):
        registry.undo(step.change)


@pytest.mark.parametrize("audience", ["public", "street"])
def test_that_a_file_of_a_batch_is_the_one_that_its_unit_alone_would_have(registry, tmp_path, audience):
    export_each(
        registry,
        tmp_path / "out",
        asked(audience=audience),
        each="community",
        asked=["xlsx", "html", "geojson"],
    )
    for path in (tmp_path / "out").iterdir():
        alone = tmp_path / f"alone{path.suffix}"
        export(registry, alone, asked(audience=audience, unit=path.name[:12]))
        assert path.read_bytes() == alone.read_bytes()


def test_that_cancelling_or_a_fault_leaves_nothing_half(registry, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    seen = []
    ticket = Ticket(
        lambda p: seen.append(p) or (p.stage.zh.endswith("共 4 份）") and p.done == 3 and ticket.cancel())
    )
    with pytest.raises(Cancelled):
        export_each(registry, folder, asked(), each="street", asked=["geojson", "html"], ticket=ticket)
    assert names(tmp_path) == ["live"]
    assert {p.total for p in seen if "共 4 份" in p.stage.zh} == {4}

    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    put = []

    def full(draft, target):
        if put:
            raise OSError(28, "full")
        put.append(target)
        draft.rename(target)

    monkeypatch.setattr("app.exchange.formats.safe_file.put_new", full)
    with pytest.raises(StorageFault):
        export_each(registry, folder, asked(), each="street", asked=["csv"])
    assert names(folder) == ["mine.txt"]
    assert [step.verb for step in registry.history()].count("export") == 0


def test_that_what_stands_there_is_replaced_only_when_asked_for_and_comes_back_where_it_fails(
    registry, tmp_path
):
    folder = tmp_path / "out"
    folder.mkdir()
    there = folder / "340102002-长淮街道.csv"
    there.write_text("old")
    with pytest.raises(InvalidInput, match="--replace") as refused:
        export_each(registry, folder, asked(), each="street", asked=["csv"])
    assert [problem.file for problem in refused.value.problems] == [there.name]
    assert names(folder) == [there.name]
    export_each(registry, folder, asked(), each="street", asked=["csv"], is_over=True)
    assert there.read_bytes() != b"old"
    (folder / "340102001-明光路-街道-一.geojson").write_bytes(registry.path.read_bytes())
    with pytest.raises(InvalidInput, match="台账"):
        export_each(registry, folder, asked(), each="street", asked=["geojson"], is_over=True)
    assert [name for name in names(folder) if name.endswith("geojson")] == [
        "340102001-明光路-街道-一.geojson"
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"asked": []}, "--format"),
        ({"asked": ["docx"]}, "docx"),
        ({"asked": ["csv"], "each": "grid"}, "街道"),
        ({"asked": ["csv"], "request": asked(unit="C0")}, "C0"),
        ({"asked": ["csv"], "request": asked(measures=("property",))}, "一个问题"),
    ],
)
def test_that_a_wrong_wish_is_refused_with_a_sentence(registry, tmp_path, given, words):
    with pytest.raises(InvalidInput, match=words):
        export_each(registry, tmp_path / "out", **{"request": asked(), "each": "street", **given})
    assert names(tmp_path) == ["live"]


@pytest.mark.parametrize("format_", ["html", "xlsx"])
def test_that_units_whose_file_would_be_as_it_was_stay_away(registry, tmp_path, format_):
    export(registry, whole := tmp_path / f"all.{format_}", asked())
    export_each(registry, tmp_path / "then", asked(), each="street", asked=[format_])
    edit.set_values(registry, ["C0"], {"name": "改名苑"})
    for since in (tmp_path / "then", whole):
        folder = tmp_path / f"now-{since.stem}"
        request = ExportRequest(as_of=date(2026, 11, 22), since=since, ledgers=True)
        report = export_each(registry, folder, request, each="street", asked=[format_])
        assert [file.unit for file in report.files] == [STREETS[0]]
        assert report.same == ((STREETS[1], f".{format_}"),)
    assert export(registry, tmp_path / f"b.{format_}", asked(since=whole)).size > 0
    again = export(registry, tmp_path / f"c.{format_}", asked(since=tmp_path / f"b.{format_}"))
    assert (again.size, (tmp_path / f"c.{format_}").exists()) == (0, False)
    with pytest.raises(InvalidInput, match="--changed-since"):
        export(registry, tmp_path / "d.csv", asked(since=whole))
    with pytest.raises(InvalidInput, match="没有上次导出的记录"):
        export(registry, tmp_path / f"e.{format_}", asked(since=registry.path))


def test_that_names_are_safe_and_each_another_one():
    found = file_names(
        {"1": "a/b\\c", "2": "..", "3": "\u202e名\u200b字", "4": "", "5": "长" * 200, "a": "x", "A": "x"},
        "zh",
    )
    assert found == {
        "1": "1-a-b-c", "2": "2-未命名", "3": "3-名字", "4": "4-未命名", "5": "5-" + "长" * 66, "a": "a-x", "A": "A-x-2",
    }  # fmt: skip


def test_that_where_the_journal_cannot_be_written_the_files_leave_and_the_report_says_so(
    registry, tmp_path, monkeypatch
):
    def full(*_args, **_given):
        raise StorageFault(Text("磁盘满了。", "The disk is full."))

    monkeypatch.setattr(Registry, "note_left", full)
    report = export_each(registry, tmp_path / "out", asked(), each="street", asked=["csv"])
    assert report.unjournalled == Text("磁盘满了。", "The disk is full.")
    assert len(names(tmp_path / "out")) == 2
