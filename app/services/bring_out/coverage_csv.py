"""One coverage table, as a command printed it, as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.coverage.measures import parse_measure
from app.domain import vocabulary
from app.domain.leaving.content import RATE_RULE
from app.domain.vocabulary import COUNTS, KINDS_ASKED, LEVELS
from app.domain.weights import WEIGHTS
from app.exchange.formats.csv_table import HEADER, write_table
from app.exchange.formats.safe_file import written_aside
from app.services.bring_out.level_figures import TOTAL_WORDS, UNPLACED_WORDS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.coverage.results import Coverage, Figures
    from app.domain.profile.profile import Profile
    from app.services.registry.info import RegistryInfo

_BEFORE = Text("此前{0}", "before: {0}")


def write_coverage_csv(
    path: Path,
    coverage: Coverage,
    profile: Profile,
    info: RegistryInfo,
    lang: str = "zh",
    *,
    remarks: Sequence[Text] = (),
) -> None:
    """Write the table with its ends, and below it what it means; raises StorageFault where it can't.

    ``remarks``: what must be known of these figures, such as which registries they leave out.
    """
    query = coverage.query
    measure = parse_measure(profile, query.measure)
    header = [column.words.in_(lang) for column in HEADER]
    if query.against is not None:
        header += [_BEFORE.format(column.words.in_(lang)).in_(lang) for column in HEADER[2:]]
    ends = (
        (UNPLACED_WORDS.in_(lang), coverage.unplaced),
        (TOTAL_WORDS.in_(lang), coverage.total),
    )
    rows = [
        (code, name, *_cells(row.figures), *(() if row.before is None else _cells(row.before)))
        for code, name, row in (
            *((row.unit, row.name, row) for row in coverage.rows),
            *(("", name, row) for name, row in ends),
        )
    ]
    kinds = {**profile.choices["compound_kind"], **KINDS_ASKED}
    notes = [
        *((Text("注意", "Note"), remark.in_(lang)) for remark in remarks),
        (Text("指标", "Measure"), f"{measure.words.in_(lang)} ({measure.id})"),
        (Text("定义", "Definition"), measure.definition.in_(lang)),
        (Text("统计单元", "Unit"), LEVELS[query.by].in_(lang)),
        (Text("计量", "Weight"), WEIGHTS[coverage.weight].words.in_(lang)),
        (Text("计数方式", "Counting"), COUNTS[query.count].in_(lang)),
        (Text("类型", "Kind"), kinds[query.kind or ""].in_(lang)),
        (Text("口径", "Profile"), coverage.profile + (f" · {coverage.rule}" if coverage.rule else "")),
        (Text("截至", "As of"), query.as_of.isoformat()),
        (Text("对比", "Against"), query.against.isoformat() if query.against else ""),
        (Text("存的表", "Kept table"), _kept(coverage)),
        (Text("面积坐标系", "CRS of areas"), coverage.crs),
        (Text("来源", "Source"), info.name),
        (Text("合成数据", "Synthetic data"), info.note.in_(lang) if info.is_synthetic else ""),
        (vocabulary.RATE.heading(), RATE_RULE.in_(lang)),
    ]
    with written_aside(path) as draft:
        write_table(draft, header, rows, [(label.in_(lang), text) for label, text in notes if text])


def _kept(coverage: Coverage) -> str:
    kept = coverage.snapshot
    return "" if kept is None else f"{kept['id']} {kept['name']} · {kept['profile']} · {kept['kept_on']}"


def _cells(figures: Figures) -> tuple[float | None, ...]:
    return (
        figures.covered, figures.uncovered, figures.unknown, figures.total,
        figures.rate, figures.low, figures.high,
    )  # fmt: skip
