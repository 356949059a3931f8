"""The party organisations over the place tree: every place once, and each broken link of the chain named."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidInput
from app.services.count.org_tree import UNATTACHED, UNPLACED, Branches, OrganisationTree, root_asked
from tests.app.coverage.builders import (
    DAY,
    a_box,
    a_city,
    a_compound,
    a_firm,
    an_attachment,
    an_engine,
    an_organisation,
)

STREET, COMMUNITY, GRID = "340102001", "340102001001", "G11"


def a_tree(*rows, day=DAY):
    return OrganisationTree(an_engine(*a_city(), *rows), day)


def the_chain(**last):
    """Organisations of street, community and compound C1, each under the one above."""
    return [
        a_compound("C1", geometry=a_box(10, 10, 40, 40)),
        an_organisation("O1", name="街道党工委", type="committee", parent="O9"),
        an_organisation("O2", name="社区党委", type="committee", parent="O1"),
        an_organisation("O3", **{"name": "小区党支部", "parent": "O2", **last}),
        an_organisation("O9", name="区委", type="committee"),
        an_attachment(STREET, "A1", organisation="O1"),
        an_attachment(COMMUNITY, "A2", organisation="O2"),
        an_attachment("C1", "A3", organisation="O3"),
        an_attachment("340102", "A9", organisation="O9"),
    ]


def broken(tree, code="C1"):
    return [a.broken for a in tree.place(code).organisations]


def test_that_places_stand_under_one_another_with_what_is_attached_to_them():
    tree = a_tree(*the_chain())
    assert tree.roots == ("340102",)
    assert list(tree.children("340102")) == ["340102001", "340102002"]
    assert list(tree.children(GRID)) == ["C1"]
    assert list(tree.line("C1")) == [GRID, COMMUNITY, STREET, "340102"]
    (own,) = tree.place("C1").organisations
    assert (own.code, own.parent_name, own.attachment) == ("O3", "社区党委", "A3")
    assert (tree.place(STREET).below.compounds, tree.place(STREET).below.with_party) == (1, 1)
    assert tree.compounds_below("340102") == ["C1"]


def test_that_a_chain_that_skips_a_level_without_organisation_holds():
    tree = a_tree(*the_chain())
    assert broken(tree) == [""], "its grid has none, its community's organisation is the parent"
    assert tree.broken_places() == []


@pytest.mark.parametrize(
    ("last", "more", "why"),
    [
        ({"parent": None}, [], "no_parent"),
        ({"parent": "O7"}, [an_organisation("O7", valid_until=date(2024, 1, 1))], "parent_ended"),
        ({"parent": "O7"}, [an_organisation("O7")], "parent_nowhere"),
        (
            {"parent": "O7"},
            [an_organisation("O7", parent="O9"), an_attachment("340102002", organisation="O7")],
            "parent_elsewhere",
        ),
    ],
)
def test_that_a_broken_chain_says_where_and_why(last, more, why):
    tree = a_tree(*the_chain(**last), *more)
    assert broken(tree) == [why]
    assert tree.broken_places() == ["C1"]
    assert tree.place("340102").below.broken == 1
    assert tree.broken_places("340102002") == []


def test_that_a_chain_is_that_of_the_day():
    rows = the_chain()
    ended = [row._replace(valid_until=date(2024, 5, 1)) if row.code == "A2" else row for row in rows]
    assert broken(a_tree(*ended)) == ["parent_nowhere"]
    assert broken(a_tree(*ended, day=date(2024, 5, 1))) == [""]


def test_that_where_a_compound_is_placed_nowhere_its_parent_is_not_said_to_stand_elsewhere():
    rows = [row for row in the_chain() if row.code != "C1"]
    tree = a_tree(*rows, a_compound("C1"))
    assert list(tree.line("C1")) == [UNPLACED]
    assert broken(tree) == [""]
    assert broken(a_tree(*[row for row in the_chain(parent=None) if row.code != "C1"], a_compound("C1"))) == [
        "no_parent"
    ]


def test_that_what_has_no_place_stands_in_rows_of_its_own():
    tree = a_tree(a_compound("C2"), an_organisation("O5", name="漂着的支部"))
    assert tree.roots == ("340102", UNPLACED, UNATTACHED)
    assert list(tree.children(UNPLACED)) == ["C2"]
    assert [a.code for a in tree.place(UNATTACHED).organisations] == ["O5"]


@pytest.mark.system(5)
def test_that_firms_stand_under_their_street_with_organisation_and_secretary():
    tree = a_tree(
        *the_chain(),
        a_firm("F1", street=STREET),
        a_firm("F2", street=STREET),
        an_organisation("O4", parent="O1", secretary="yes"),
        an_attachment("F1", "A4", organisation="O4"),
    )
    assert [code for code in tree.children(STREET) if code.startswith("F")] == ["F1", "F2"]
    (own,) = tree.place("F1").organisations
    assert (own.secretary, own.broken) == ("yes", "")
    assert (tree.place("340102").below.firms, tree.place("340102").below.firms_with_party) == (2, 1)


@pytest.mark.system(1)
def test_that_the_tree_as_json_begins_where_asked_and_ends_at_the_depth_asked():
    engine = an_engine(*a_city(), *the_chain(parent=None))
    tree = OrganisationTree(engine, DAY)
    whole = Branches(tree, root_asked(engine, tree, None)).as_json("zh")
    assert whole["broken"] == ["C1"]
    found = whole["places"][0]
    for code in (STREET, COMMUNITY, GRID, "C1"):
        found = next(child for child in found["children"] if child["code"] == code)
    assert found["organisations"][0]["broken"] == "no_parent"
    short = Branches(tree, root_asked(engine, tree, "340102001000"), levels=1).as_json("zh")
    assert [place["code"] for place in short["places"]] == [STREET]
    assert short["places"][0]["children"][0]["children"] == []
    with pytest.raises(InvalidInput):
        root_asked(engine, tree, "999999")


def test_that_every_compound_stands_in_the_tree_once():
    rows = [a_compound(f"C{n}", geometry=a_box(n * 17, n * 17, n * 17 + 10, n * 17 + 10)) for n in range(16)]
    tree = a_tree(*rows)
    found = [code for root in tree.roots for code in tree.compounds_below(root)]
    assert sorted(found) == sorted(row.code for row in rows)


def test_that_an_organisation_that_has_ended_stands_nowhere_whatever_its_attachment_says():
    rows = [row._replace(valid_until=date(2024, 1, 1)) if row.code == "O3" else row for row in the_chain()]
    assert a_tree(*rows).place("C1").organisations == ()
    assert a_tree(*rows).place("340102").below.with_party == 0
    assert [a.code for a in a_tree(*rows, day=date(2024, 1, 1)).place("C1").organisations] == ["O3"]
