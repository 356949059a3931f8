"""Answers and choices as people write them: √, 没有, 有（24小时）, 待核实; 老旧小区, 支部, 已成立."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain import vocabulary
from app.errors import InvalidInput
from app.exchange.values.outcome import NOTHING_KNOWN, Meaning, unclear
from app.exchange.values.plain import is_mark, is_not_known, squeezed
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Final = {
    "yes": "yes y true t 1 1.0 on 是 有 对 √ ✓ ✔ ☑ v 已 已有 已成立 已建 已建立 已组建 已配 已配备 已设 已设立 已安装 已覆盖 已完成 已落实 "
    "具备 成立 覆盖 建成 达标 全覆盖 完成 齐全 有的 是的",
    "no": "no n false f 0 0.0 off 否 无 没有 没 不是 × \u2717 ✘ x ☒ 未 未有 未成立 未建 未建立 未组建 未配 未配备 未设 未设立 未安装 未覆盖 未完成 "
    "未落实 不具备 没成立 没建 无此项 尚无 尚未 尚未成立 尚未建立 未达标 暂无 不覆盖 零",
    "unknown": "unknown 未知 不详 不清楚 不清 不明 不知道 待核实 待查 待核 待定 待确认 待调查 未调查 未核实 未摸排 说不清",
}
_ANSWERS: Final = {word: answer for answer, words in _WORDS.items() for word in words.split()}
_OPTIONS: Final = (
    ("yes", vocabulary.ANSWERS["yes"]),
    ("no", vocabulary.ANSWERS["no"]),
    ("unknown", vocabulary.STATUS["unknown"]),
)
_REMARK: Final = re.compile(r"^(.{1,5}?)\s*(?:\((.*)\)|\[(.*)\]|[,;:、。](.+))$")
_TURNS: Final = re.compile(r"[未停撤筹拟待原曾无没不]|部分|计划|正在|暂|将|拆|换届|到期|个别|以前|在建|过期")
_BOXES: Final = re.compile(r"([☑√✓✔■●□☐○×])\s*(是|有|否|无|没有)|(是|有|否|无|没有)\s*([☑√✓✔■●□☐○])")
_FULL_BOX: Final = frozenset("☑√✓✔■●")
REMARK: Final = Text("后面的说明没有登记", "the remark behind it is not kept")
_VARIANTS: Final = {  # of the choices that we ship: further words people have for them
    "commercial": "商品房小区 商品住宅 商品住宅小区 商品小区 普通商品房 商品",
    "old": "老旧小区 老小区 老旧院落 老旧住宅 老旧住宅小区 老院落 旧小区 老旧散小区",
    "resettlement": "安置房 安置小区 安置房小区 回迁小区 回迁房 回迁安置 拆迁安置 拆迁安置房 拆迁安置小区 安置 复建点 农迁房 还建小区 还建房",
    "office": "写字楼 办公楼 商务楼 商务楼宇 商办 商业楼宇 楼宇",
    "park": "园区 产业园 工业园 工业园区 科技园 科技园区",
    "unknown": "不详 不清楚 待核实 不明 待查",
    "grid_post": "网格驿站 驿站 网格站 网格服务站",
    "service_position": "党群服务中心 党群服务站 党群驿站 党群中心 阵地",
    "neighbourhood_centre": "邻里中心站 邻里服务中心",
    "property_centre": "物业中心 物业服务站",
    "property_office": "物管办 红色物业办",
    "mediation_room": "人民调解室 调解工作室 调解站",
    "committee": "党委会 基层党委 党工委",
    "general_branch": "总支 总支部 党总支部 党总支委员会",
    "branch": "支部 党支部委员会 基层党支部",
    "group": "小组",
    "functional_branch": "功能型支部 功能支部 功能性党支部 功能性支部",
    "grid_branch": "网格党支部 网格党组织",
    "alliance": "联盟支部 联盟",
    "trial": "试用 试运行 试点 体验期 试运营",
    "contract": "签约 合同 正式签约 正式服务 正式合同 已签约",
    "trusteeship": "托管服务 街道托管 临时托管",
    "fallback": "兜底服务 兜底保障 社区兜底",
    "none": "没有 未成立 未建 未建立 未组建 尚未成立 否 × 暂无 没成立 未 尚无 未上榜 不在榜",
    "preparing": "筹备中 筹建 筹建中 筹备组 正在筹备 正在筹建 组建中 正在组建 成立中",
    "elected": "已选举 在任中 正常履职 履职中 正常运作 正常运行 已备案",
    "suspended": "停摆中 瘫痪 停止运作 停止履职 中止 停止",
    "red": "红名单 红 列入红榜",
    "black": "黑名单 黑 列入黑榜",
    "closed": "已办结 结案 已结案 办结归档 已结",
    "opened": "已受理 受理中",
    "accepted": "已接受调解 调解中",
    "answered": "答复",
    "escalated": "已上交 上报 已上报",
    "negotiated": "协商",
}
_TAKEN_AS: Final = {
    ("owners_committee", word): "elected"
    for word in ("有", "已成立", "成立", "已有", "是", "√", "已建", "已组建", "已建立")
}
_ASKED: Final = {
    ("owners_committee", word)
    for word in ("换届", "换届中", "正在换届", "到期", "届满", "任期届满", "已到期", "已届满")
}
_WRAPPED: Final = re.compile(
    r"^(?:已|属|属于|为|系)|(?:小区|类型|类别|性质|类|型|级|榜|住宅|组织|层面|状态|清单)$"
)


def read_answer(raw: object) -> Meaning:
    """Return ``yes``, ``no`` or ``unknown``; a remark behind a clear answer is passed over, and said."""
    if isinstance(raw, bool):
        return Meaning("yes" if raw else "no")
    plain = squeezed(str(raw)).casefold().rstrip("。.;!")
    found = _ANSWERS.get(plain)
    if found is not None:
        return Meaning(found)
    if not plain or is_mark(plain) or is_not_known(plain):
        return NOTHING_KNOWN
    boxes = _ticked(plain)
    if boxes is not None:
        return boxes
    remark = _REMARK.fullmatch(plain)
    if remark is not None:
        head = _ANSWERS.get(remark[1])
        rest = next((part for part in remark.groups()[1:] if part), "")
        if head is not None and _TURNS.search(rest) is None:
            return Meaning(head, REMARK if rest else None)
        if head is not None:
            raise unclear(
                Text(f"{plain!r} 算有还是无？", f"Is {plain!r} a yes or a no?"),
                sorted(_OPTIONS, key=lambda one: one[0] != head),
            )
    raise _no_answer(plain)


def _no_answer(plain: str) -> InvalidInput:
    why = Text(f"{plain!r} 不是有 / 无 / 未知。写 有、无 或 未知。", f"{plain!r} is not yes, no or unknown.")
    return unclear(why, _OPTIONS)


def _ticked(plain: str) -> Meaning | None:
    """Return the answer of boxes to tick (☑有 □无); nothing known where none or both are ticked; None without boxes."""
    found = _BOXES.findall(plain)
    if len(found) < 2:
        return None
    ticked = [
        _ANSWERS[before or behind] for box, before, behind, after in found if (box or after) in _FULL_BOX
    ]
    return Meaning(ticked[0]) if len(ticked) == 1 else NOTHING_KNOWN


def read_choice(raw: object, name: str, choices: Mapping[str, Text]) -> Meaning:
    """Return the choice that a cell means by its code, its words or what else people call it.

    ``name`` is the set of choices. What holds one choice's word, or could be two, is asked about.
    """
    plain = squeezed(str(raw)).casefold().rstrip("。.;")
    known = _known(choices)
    found = known.get(plain)
    if found is not None:
        return Meaning(found)
    if (name, plain) in _TAKEN_AS and _TAKEN_AS[name, plain] in choices:
        taken = _TAKEN_AS[name, plain]
        words = choices[taken]
        return Meaning(taken, Text(f"按“{words.zh}”登记", f"taken as {words.en}"))
    if not plain or is_mark(plain) or (is_not_known(plain) and "unknown" not in choices):
        return NOTHING_KNOWN
    if is_not_known(plain):
        return Meaning("unknown")
    bare = re.sub(r"\s*[(\[].*[)\]]$", "", plain)
    if bare != plain and _TURNS.search(plain[len(bare) :]) is None and (found := known.get(bare)) is not None:
        return Meaning(found, REMARK)
    cores = {_WRAPPED.sub("", word) or word: code for word, code in known.items()} | known
    once = _WRAPPED.sub("", plain)
    for cut in (once, _WRAPPED.sub("", once)):
        if cut and (name, plain) not in _ASKED and (found := cores.get(cut)) is not None:
            return Meaning(found)
    raise _no_choice(plain, raw, choices, known)


def _no_choice(
    plain: str, raw: object, choices: Mapping[str, Text], known: Mapping[str, str]
) -> InvalidInput:
    within = {code for word, code in known.items() if len(word) > 1 and (word in plain or plain in word)}
    offered = [(code, words) for code, words in choices.items() if code in within] or list(choices.items())
    written = str(raw).strip()
    why = Text(f"没有 {written!r} 这个选项。", f"No such choice: {written!r}.")
    return unclear(why, offered)


def _known(choices: Mapping[str, Text]) -> dict[str, str]:
    """Return what each word means; a word that two choices have means none, but a choice's own word wins."""
    own: dict[str, str] = {}
    for code, words in choices.items():
        for word in (words.en, words.zh, code):
            own[squeezed(word).casefold()] = code
    found: dict[str, str | None] = {}
    for code in choices:
        for word in _VARIANTS.get(code, "").split():
            found[word] = code if found.get(word, code) == code else None
    return {**{word: code for word, code in found.items() if code is not None}, **own}
