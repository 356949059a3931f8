"""What the atlas says of itself, in both languages."""

from __future__ import annotations

from typing import Final

from app.domain import vocabulary
from app.text import Text

AS_OF: Final = Text("截至 {0} 年 {1} 月 {2} 日", "as of {0}-{1:02}-{2:02}")
EACH: Final = Text("各{0}", "By {0}")
LOW_FIRST: Final = Text("从低到高", "lowest first")
FRACTION: Final = Text("覆盖/查清", "covered/settled")
RATE: Final = vocabulary.RATE
RANGE: Final = vocabulary.RANGE
UNKNOWN: Final = vocabulary.STATUS["unknown"]
SUM: Final = Text("合计（{0} 个{1}，{2}）", "Total ({0} × {1}, {2})")
FIRST_THREE: Final = Text("最该先做的三件事", "Three things to do first")
CHANGE: Final = Text("和 {0} 比", "Since {0}")
FROM_TO: Final = Text("{0} → {1}。", "{0} → {1}. ")
EMPTY: Final = Text("其中 {0} 个{1}里没有可计的", "of these, {0} hold nothing to count")
READ: Final = Text(
    "读法：斜纹表示还没查清，不算进覆盖率；灰色的率表示一半以上没查清，不宜比较。",
    "How to read: hatching is not known yet and not counted in the rate; a grey rate has less than half settled.",
)
PAGE: Final = Text("第 {0} 页 / 共 {1} 页", "page {0} of {1}")
SCALE: Final = Text("A4 比例尺 1:{0}", "A4 scale 1:{0}")
SOURCE: Final = Text("来源：{0}", "source: {0}")
REVIEW: Final = Text("审图号：{0}", "map review number: {0}")
NO_REVIEW: Final = "＿＿＿＿＿＿"
SYNTHETIC: Final = Text("合成数据", "Synthetic data")
NORTH: Final = Text("北", "N")
METRES: Final = Text("{0} 米", "{0} m")
KILOMETRES: Final = Text("{0:g} 公里", "{0:g} km")
RATE_OF: Final = Text("{0}覆盖率", "rate by {0}")
NO_OUTLINE: Final = Text("没有轮廓，图上没有画", "no outline, so nothing is drawn")
MORE: Final = Text("还有 {0} 行，见下一页", "{0: more row|more rows} on the next page")
CONTINUED: Final = Text("{0}（续）", "{0} (continued)")
FINDINGS: Final = Text("数据里要看的", "What to look at in the data")
FINDINGS_MORE: Final = Text(
    "另有 {0} 条没有印，在“核查”里看。", "{0} more are not printed: see them under checks."
)
NO_FINDINGS: Final = Text("没有要看的。", "Nothing to look at.")
NOTES: Final = Text("说明", "Notes")
SAME: Final = Text("和上一份一样、没有再印的", "As in the edition before, not printed again")
ON_PAGE: Final = Text("回到{0}", "back to {0}")
NO_GLYPH: Final = Text("字体里没有、印作 □ 的字", "characters that the font has not, printed as □")
