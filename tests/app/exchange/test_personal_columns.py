"""Columns of private persons among a thousand generated ones: left out and said, and no others."""

from __future__ import annotations

import random

from app.exchange.mapping.meaning import map_columns
from app.exchange.request import ImportRequest
from app.services.profile.profiles import load_profile
from tests.app.bring_in.test_import_data import TODAY
from tests.app.exchange.test_user_choice import a_source

PROFILE = load_profile("yaohai")
FAMILIES, GIVEN = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def a_name(draw):
    return draw.choice(FAMILIES) + "".join(draw.choice(GIVEN) for _ in range(draw.choice((1, 2))))


def a_mobile(draw):
    return "1" + draw.choice("3456789") + "".join(draw.choice("0123456789") for _ in range(9))


def an_identity(draw):
    first = f"340102{draw.randint(1950, 2005)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}{draw.randint(0, 999):03}"
    return first + "10X98765432"[sum(int(d) * w for d, w in zip(first, WEIGHTS, strict=True)) % 11]


PERSONAL = [
    (
        [
            "户主姓名",
            "业主姓名",
            "联系人",
            "姓名",
            "负责人",
            "社区书记",
            "网格长",
            "物业经理",
            "楼栋长",
            "法定代表人",
            "网格员",
            "物业负责人",
        ],
        a_name,
    ),
    (["联系电话", "手机号", "手机", "电话", "联系方式", "备注", "x", "号码"], a_mobile),
    (["身份证号", "证件号码", "公民身份号码", "编码2", "备注"], an_identity),
    (["出生日期", "出生年月"], lambda draw: f"{draw.randint(1940, 2005)}-{draw.randint(1, 12):02}-01"),
    (["性别"], lambda draw: draw.choice("男女")),
]
OTHERS = [
    (["MOBILEHOME", "停车位", "绿化率", "电梯数", "业主户数", "手机信号盲区数", "联系人数"], lambda draw: draw.randint(0, 400)),
    (["开发商", "建设单位", "所在路", "面积", "备注"], lambda draw: draw.choice(("青岚路", "城建集团有限公司", "12.5", "待补", "东至学院路"))),
    (["业主委员会", "有无门卫", "监控", "业主满意"], lambda draw: draw.choice("有无")),
    (["所属片区", "网格", "标段", "区域"], lambda draw: f"第{draw.randint(1, 30)}片区"),
    (["唯一码", "bsm", "fid2"], lambda draw: str(draw.randint(10**7, 10**8))),
]  # fmt: skip


def test_that_a_thousand_generated_columns_are_told_apart(tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    draw, right, missed, wrong = random.Random(seed), 0, [], []
    for at in range(1000):
        is_personal = at % 2 == 0
        headings, make = draw.choice(PERSONAL if is_personal else OTHERS)
        heading = draw.choice(headings)
        cells = [make(draw) for _ in range(draw.randint(3, 12))]
        source = a_source(
            tmp_path, ("小区名称", heading), *((f"{n}号院", cell) for n, cell in enumerate(cells))
        )
        left = map_columns(source, PROFILE, ImportRequest(source=source.path, kind="compounds"), TODAY).left
        is_said = any(one.column == heading and one.why == "personal" for one in left)
        right += is_said and is_personal
        if is_said != is_personal:
            (missed if is_personal else wrong).append((heading, cells[:3]))
    assert right / (right + len(missed)) >= 0.99, (seed, missed)
    assert right / (right + len(wrong)) >= 0.95, (seed, wrong)
