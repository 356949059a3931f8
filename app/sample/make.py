"""Sample registries: real outlines, names and codes of the pilot districts; everything inside is synthetic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from app.errors import InvalidInput
from app.jobs import Ticket
from app.sample import jinjiang as sample_jinjiang
from app.sample import jinjiang_work as sample_jinjiang_work
from app.sample import quzhou as sample_quzhou
from app.sample import quzhou_work as sample_quzhou_work
from app.sample import yaohai as sample_yaohai
from app.sample import yaohai_work as sample_yaohai_work
from app.sample.big import NOTE, PLANS, fill_big
from app.sample.fill import Filling
from app.sample.ground import lay_out
from app.sample.names import Names
from app.sample.rows import Dice, Rows
from app.sample.work import Work
from app.services.profile.profiles import load_profile
from app.text import Text
from geo.crs import zone_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.domain.record import Record
    from app.persistence.loading import BackdropShape
    from app.sample.ground import Pilot
    from geo.crs import Zone

SIZES: Final = ("district", "city", "province")
_NOTE: Final = Text(
    "样例数据：区的外界、街道和社区的名称与代码（2023 年）是真实的；街道、社区、网格的界线，小区、楼栋、站点、道路、水系，"
    "以及党组织、物业企业、服务关系、纠纷、评分、联系单位和调查事实都是合成的，只有合计与来源公布的数字一致。不能用作任何真实小区的依据。",
    "Sample data: the districts' outlines and the names and codes of streets and communities (2023) are real; the "
    "borders of streets, communities and grids, all compounds, buildings, stations, roads and waters, and all "
    "organisations, firms, engagements, cases, scores, departments and surveyed facts are synthetic. Only totals agree with what the sources "
    "published. Nothing here says anything about a real compound.",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a sample registry is made of. ``note`` says what is real and what is synthetic."""

    records: tuple[Record, ...]
    backdrop: tuple[BackdropShape, ...]
    note: Text


@dataclass(frozen=True, slots=True)
class _Model:
    pilot: Pilot
    fill: Callable[[Filling], None]
    work: Callable[[Work], None]
    city: str
    region: str


_MODELS: Final = {
    "jinjiang": _Model(
        sample_jinjiang.PILOT, sample_jinjiang.fill, sample_jinjiang_work.work, "成都", "510100"
    ),
    "quzhou": _Model(sample_quzhou.PILOT, sample_quzhou.fill, sample_quzhou_work.work, "衢州", "330800"),
    "yaohai": _Model(sample_yaohai.PILOT, sample_yaohai.fill, sample_yaohai_work.work, "合肥", "340100"),
}


def make_sample(
    profile_id: str, size: str = "district", seed: int = 0, ticket: Ticket | None = None
) -> Sample:
    """Return the records of a sample for a city profile; the same seed gives the same sample.

    In size ``district`` the totals are those the source published, on every day from 2023-01-01 on; ``city``
    (25,000 compounds, 15,000 grids) and ``province`` (300,000, 100,000) are for trying the program's speed.
    Raises InvalidInput for a profile or size that there is no sample of.
    """
    ticket = ticket or Ticket()
    model = _model_of(profile_id, size)
    if size != "district":
        districts = list(make_districts(profile_id, size, seed, ticket))
        return Sample(
            tuple(record for one in districts for record in one.records),
            tuple(shape for one in districts for shape in one.backdrop),
            NOTE,
        )
    rows, rng = _begun(profile_id, size, seed)
    dice = Dice(rng)
    ticket.step(Text("画街道、社区、网格和小区", "Drawing streets, communities, grids and compounds"), 0, 2)
    ground = lay_out(model.pilot, rows, dice)
    ticket.step(Text("登记组织、企业和调查", "Registering organisations, firms and surveys"), 1, 2)
    names = Names(rng)
    model.fill(Filling(rows, dice, names, ground, model.city, model.region))
    later = Dice(np.random.default_rng([seed, *profile_id.encode(), 35]))
    model.work(Work(rows=rows, dice=later, names=names, ground=ground, profile=load_profile(profile_id)))
    ticket.step(Text("样例已备好", "The sample is ready"), 2, 2)
    return Sample(tuple(rows.records), tuple(ground.backdrop), _NOTE)


def make_districts(profile_id: str, size: str, seed: int, ticket: Ticket) -> Iterator[Sample]:
    """Yield the districts of a big sample one by one: the records of ``make_sample``, in its order.

    Raises InvalidInput as it does, and for ``district``, which is one.
    """
    model = _model_of(profile_id, size)
    if size not in PLANS:
        known = ", ".join(PLANS)
        raise InvalidInput(
            Text(
                f"{size} 这个大小只有一个区，不能按区分成几份。能分的有：{known}。",
                f"A sample of size {size} is one district and can't be parted by district; these can: {known}.",
            )
        )
    rows, rng = _begun(profile_id, size, seed)
    middle = model.pilot.cores[0][0]
    for roads in fill_big(size, middle, model.city, model.region, rows, Dice(rng), ticket):
        yield Sample(rows.taken(), tuple(roads), NOTE)


def zone_of_sample(profile_id: str) -> Zone:
    """Return the zone of a big sample: its districts lie around one place, as many on each side."""
    return zone_for(_model_of(profile_id, SIZES[0]).pilot.cores[0][0][0])


def _begun(profile_id: str, size: str, seed: int) -> tuple[Rows, np.random.Generator]:
    return Rows(f"{profile_id}/{size}/{seed}"), np.random.default_rng([seed, *profile_id.encode()])


def _model_of(profile_id: str, size: str) -> _Model:
    model = _MODELS.get(profile_id)
    if model is None:
        known = ", ".join(_MODELS)
        raise InvalidInput(
            Text(
                f"没有 {profile_id!r} 的样例。有：{known}。",
                f"No sample for {profile_id!r}; there are: {known}.",
            )
        )
    if size not in SIZES:
        known = ", ".join(SIZES)
        raise InvalidInput(
            Text(f"没有 {size!r} 这个大小。有：{known}。", f"No size {size!r}; there are: {known}.")
        )
    return model
