"""The verbs, in the order in which they are told: which module has which, and what they do.

A module is loaded when one of its verbs is asked for; the lists in README are made of this one.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from app.text import Text


class Line(NamedTuple):
    """Verbs of one matter: which module of this room has each, and what they do.

    ``{formats}`` in ``does`` stands for the formats that there are: whoever tells a line fills them in.
    """

    modules: dict[str, str]
    does: Text

    def told(self, formats: Text) -> Text:
        """Return what the verbs do, with the formats that data leave in."""
        return Text(
            self.does.zh.replace("{formats}", formats.zh), self.does.en.replace("{formats}", formats.en)
        )


def _line(verbs: dict[str, str], zh: str, en: str) -> Line:
    """Return a line; ``verbs`` names those of each module."""
    return Line({verb: module for module, names in verbs.items() for verb in names.split()}, Text(zh, en))


LINES: Final = (
    _line(
        {"file": "new sample"},
        "新建空台账；生成样例台账",
        "an empty registry; one filled with sample data",
    ),
    _line(
        {"bring_in": "import"},
        "导入 GeoPackage、GeoJSON、Shapefile、CSV、XLSX；`--dry-run` 先看计划",
        "brings in GeoPackage, GeoJSON, Shapefile, CSV, XLSX; `--dry-run` shows the plan",
    ),
    _line(
        {"records": "list show"},
        "列出一类记录；看一条记录的事实、挂接、问题、历史",
        "records of a kind; one record with its facts, attachments, findings, history",
    ),
    _line(
        {"records": "add set remove"},
        "增、改、删；`set … --from 日期` 表示从那天起变了，不带则是更正",
        'edits; `set … --from DAY` says "it changed that day", without it "this was wrong"',
    ),
    _line(
        {"records": "attach detach"},
        "党组织、物业企业与小区、网格、社区、街道的挂接；`--relation` 是口径声明的关系（结对、部门联系、联络岗位、联盟、片区成员）",
        "party organisations and firms ↔ compounds, grids, communities, streets; `--relation` takes those that the profile declares (pairing, department links, liaison posts, alliances, zones)",
    ),
    _line(
        {"figures": "coverage explain measures", "totals": "gaps"},
        "覆盖率表；某个数字背后的小区；有哪些指标；离目标还差多少",
        "the table; the compounds behind one figure; which measures there are; what a target lacks",
    ),
    _line(
        {"supervision.snapshots": "snapshot"},
        "把公布的一张表存下来，连同当时的依据；不带 `--measure` 就列出存过的，带编号就看、改名（`--name`）或不再存（`--remove`）。`coverage --against-snapshot 编号` 与它比",
        "keeps a published table with the stamp of what it was counted from; without `--measure` lists those kept, with an id shows, names (`--name`) or takes away (`--remove`) one. `coverage --against-snapshot ID` compares with it",
    ),
    _line(
        {"figures": "rollup"},
        "许多台账（几个文件，或一个文件夹）汇成一张覆盖率表，与装在一个台账里算的一样",
        "one table of coverage over many registries (files, or a folder), the same as of one that holds them all",
    ),
    _line(
        {"totals": "totals reach", "compare": "tree"},
        "按单元汇总的数目和金额；每个小区到最近站点的距离；党组织树",
        "counts and money by unit; distance from every compound to the nearest station; the tree of party organisations",
    ),
    _line(
        {"site": "site"},
        "N 个新站点放在哪里覆盖的户最多：已有的算上，最优与否写明，按直线或沿路",
        "where N new stations cover most households: those that exist count, proven or with its bound, straight or along roads",
    ),
    _line(
        {"assess": "assess"},
        "按评价办法评分，给出星级和区间；没有评的项目是未知，不是零分",
        "scores by a scheme, stars with their range; an item not assessed is unknown, not zero",
    ),
    _line(
        {"adoption": "adopt", "expiring": "expiring renew confirm"},
        "三无小区从首次走访到补贴退出的每一步；多少天内到期、到期后会怎样；续期；复核",
        "a three-no compound from the first visit to the end of its subsidy; what runs out within some days, and what follows; let it run on; surveyed again, unchanged",
    ),
    _line(
        {"cases": "case cases mediators entry lists"},
        "纠纷的每一步和统计；调解员；需求、资源、项目三张清单",
        "mediation cases step by step, counted; mediators; needs, resources and projects",
    ),
    _line(
        {"lineage": "split merge"},
        "拆分一条记录，合并几条：原来的结束，新的带着来历开始；挂在上面的归哪份，`--dry-run` 先看，`--give` 另定",
        "splits a record, merges several: the old end, the new begin and say of whom they came; `--dry-run` shows what goes where, `--give` says otherwise",
    ),
    _line(
        {"fusion": "cuts fuse", "zones": "zones zone"},
        "被界线切开的小区，把界线改到小区外沿；相邻小区编成片区",
        "compounds that a line cuts, and the border led along them; adjoining compounds bundled",
    ),
    _line(
        {"compare": "compare-rules", "profile": "profile scheme"},
        "两种三无口径对比；查看、检查、更换口径；导入本市的评价项目",
        "two three-no rules side by side; the profile shown, checked, replaced; a city's own items",
    ),
    _line(
        {"profile": "template"},
        "按声明生成的导入模板，填好后 `import`；不改就导回，什么也不会变",
        "the workbook to fill in, made from the declaration; imported back unchanged it changes nothing",
    ),
    _line(
        {"findings": "check"},
        "数据质量问题：缝隙、重叠、跨界、无名、缺上级、坐标偏移……",
        "data-quality findings: gaps, overlaps, straddling, no name, no parent, shifted coordinates …",
    ),
    _line(
        {"findings": "fix waive"},
        "只有一种正确改法的核查结果，`fix` 改好（`--dry-run` 先看会怎样改）；`waive --why --until` 免查到某一天",
        "mends a finding that has exactly one right mend (`--dry-run` says what it would do); leaves one alone until a day, for a reason",
    ),
    _line(
        {"supervision.tasks": "task tasks"},
        "缺口和核查结果变成任务：派给岗位、报、核、结、退回、够不着（申请、准许）；列出任务，`--overdue` 只看逾期的",
        "gaps and findings as tasks: assigned to a post, reported, verified, closed, returned, out of reach (asked, granted); the list, `--overdue` alone",
    ),
    _line(
        {"history": "history", "records": "undo redo"},
        "谁、何时、为何、改前、改后；`--since` 某天、某步或上次看过以后的改动，按街道和人分；撤销与重做，重启后仍可",
        "who, when, why, before, after; `--since` a day, a step or `last`: by street and person; undo survives a restart",
    ),
    _line(
        {"bring_out": "export"},
        "导出{formats}，按受众决定带哪些字段",
        "{formats}; the audience decides which fields leave",
    ),
    _line(
        {"backups": "backup backups restore verify", "purge": "purge"},
        "备份；自动备份的清单和规则；恢复整份，或用 `--into` 恢复一条、一项；逐行校验；彻底清除一段文字",
        "a copy; the automatic backups and their rules; all of one brought back, or with `--into` one record or field; every row compared; a text taken out for good",
    ),
    _line(
        {"backups": "copy"},
        "把台账从文件复制到共享的服务器（`postgresql://主机/数据库`），或从那里复制成新文件；其余动词的台账都可以写这个地址",
        "a registry from a file to a shared server (`postgresql://HOST/DB`), or from there into a new file; every other verb takes that address for its registry",
    ),
    _line(
        {"foreign": "foreign"},
        "另一个程序在文件里改了什么：逐处列出，收下或退回",
        "what another program edited in the file: listed, taken or turned back",
    ),
    _line(
        {"crs": "crs"},
        "工作坐标带：查看，或换一带（换前换后的面积和指标）",
        "the working zone: shown, or changed with area and figures before and after",
    ),
    _line(
        {"bench": "bench"},
        "自带性能测试；`--against` 与另一份检出轮流比",
        "the program's own benchmarks; `--against` measures another checkout in turns with this one",
    ),
)
LATER: Final = (  # promised; each says that it is not built yet
    *("share", "collect", "redivide"),
)
MODULE_OF: Final = {
    **{verb: module for line in LINES for verb, module in line.modules.items()},
    **dict.fromkeys(LATER, "later"),
}
