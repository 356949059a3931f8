"""Names in the order of Chinese readers, and found by every reading that a place can have."""

from __future__ import annotations

import random

import pytest

from app.domain.text.initials import begins_like, initials, sounds_like
from app.domain.text.name_order import name_key, name_keys
from app.domain.text.readings import table


def test_that_names_follow_pinyin_beyond_the_first_level_and_numbers_their_value():
    wanted = ["2栋小区", "10栋小区", "A座", "安园", "北园", "馨园", "鑫苑", "紫园"]
    assert sorted(random.Random(3).sample(wanted, len(wanted)), key=name_key) == wanted
    wanted = ["２栋", "3幢", "10幢", "a座", "Ｂ座"]
    assert sorted(random.Random(1).sample(wanted, len(wanted)), key=name_key) == wanted


@pytest.mark.parametrize(
    "names",
    [
        ["曹家", "长沙路", "陈村", "重庆路", "楚园"],  # 长 cháng, 重 chóng
        ["钟楼", "重型厂宿舍", "周庄"],  # 重 zhòng
        ["吴园", "厦门里", "仙园"],  # 厦 xià
        ["沙河", "商住大院"],
        ["大桥", "大厦", "丹园", "单家"],  # 厦 shà, 单 dān
        ["曲园", "衢江", "曦园", "瑶海", "药园"],
        ["鲁园", "六安路", "路园"],  # 六 lù
    ],
)
def test_that_polyphones_are_read_as_places_are(names):
    assert sorted(random.Random(1).sample(names, len(names)), key=name_key) == names


def test_that_numerals_that_count_follow_their_value_but_do_not_begin_a_name_as_one():
    wanted = ["第一网格", "第二网格", "第三网格", "第十网格", "第十一网格", "第二十网格"]
    assert sorted(sorted(wanted), key=name_key) == wanted
    wanted = ["三里庵", "阳光一期", "阳光二期", "阳光三期", "阳光十期"]
    assert sorted(sorted(wanted), key=name_key) == wanted


def test_that_many_names_get_the_keys_they_get_one_by_one():
    rng = random.Random(5)
    characters = [*table().places][::97]
    names = ["".join(rng.choices([*characters, *"0123A（)·\n 长重厦"], k=5)) for _ in range(2000)]
    assert name_keys(names) == [name_key(name) for name in names]
    assert name_keys([]) == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("长淮街道", "chjd"),
        ("长淮街道", "zhjd"),
        ("长淮街道", "changhuai"),
        ("长淮街道", "ChangHuai"),
        ("长淮街道", "ｃｈｊｄ"),
        ("长淮街道", "chang淮"),
        ("长淮街道", "长huai"),
        ("长淮街道", "淮jd"),
        ("长淮街道", "hjied"),
        ("天长路社区", "tclsq"),
        ("绣永里弄", "xyll"),
        ("绣永里弄", "xyln"),
        ("厦门里", "xml"),
        ("金厦大厦", "jsds"),
        ("重庆路", "cql"),
        ("重型厂", "zxc"),
        ("单家弄", "sjl"),
        ("六安路", "lal"),
        ("朝阳里", "zyl"),
        ("朝阳里", "cyl"),
        ("乐清里", "yql"),
        ("工行宿舍", "gxss"),
        ("曾家巷", "cjx"),
        ("曾家巷", "zjx"),
        ("阳光Ａ座１２栋", "a座12"),
        ("阳光Ａ座１２栋", "ygaz12d"),
        ("西安路", "xian"),
        ("女儿街", "nver"),
    ],
)
def test_that_a_name_is_found_by_every_reading_that_a_place_can_have(name, typed):
    assert sounds_like(name, typed)


def test_that_a_name_is_not_found_by_what_it_does_not_sound_like():
    for typed in ("anghuai", "cjd", "changjie", "淮chang", "chjdx", "."):
        assert not sounds_like("长淮街道", typed), typed
    assert begins_like("长淮街道", "changh")
    assert begins_like("长淮街道", "长h")
    assert not begins_like("长淮街道", "huai")


def test_that_the_commonest_reading_comes_first():
    assert initials("长淮街道") == "chjd"
    assert initials("绣永里弄") == "xyll"
