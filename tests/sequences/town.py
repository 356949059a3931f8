"""A town small enough to be looked at after every step: two streets, three communities, six grids, nine compounds."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from app.domain.record import Record, make_record
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from tests.ui.robots.small import box

if TYPE_CHECKING:
    from pathlib import Path

DISTRICT = "340102"
STREETS = ("340102003", "340102004")
COMMUNITIES = ("340102003001", "340102003002", "340102004001")
GRIDS = tuple(f"{community}{number:03d}" for community in COMMUNITIES for number in (1, 2))
NAMES = ("大关东一苑", "大关东二苑", "长淮新村", "馨园", "鑫苑", "2栋小区", "10栋小区", "", "三塘人家")
KINDS = ("old", "commercial", "resettlement")


def records() -> list[Record]:
    """Return the town: the last compound lies beyond every grid, one has no outline at all."""

    def made(kind: str, code: str, /, **values: object) -> Record:
        return make_record(kind, str(uuid.uuid4()), code, **values)  # type: ignore[arg-type]

    found = [made("districts", DISTRICT, name="瑶海区", geometry=box(0, 0, 6, 2))]
    for place, (code, name) in enumerate(zip(STREETS, ("长淮街道", "和平路街道"), strict=True)):
        outline = box(4 * place, 0, 4 - 2 * place, 2)
        found.append(made("streets", code, name=name, district=DISTRICT, geometry=outline))
    for place, code in enumerate(COMMUNITIES):
        name = ("临泉社区", "元一社区", "和平社区")[place]
        found.append(made("communities", code, name=name, street=code[:9], geometry=box(2 * place, 0, 2, 2)))
    for place, code in enumerate(GRIDS):
        name = f"第{'一二'[place % 2]}网格"
        found.append(made("grids", code, name=name, community=code[:12], geometry=box(place, 0, 1, 2)))
    found += [
        made("organisations", "O000001", name="第一网格支部", type="grid_branch", members=31),
        made("organisations", "O000002", name="三塘人家支部", type="branch", members=12),
        made("firms", "F000001", name="安居物业"),
        made("attachments", "A000001", organisation="O000001", to=GRIDS[0]),
        made("attachments", "A000002", organisation="O000002", to="C000005"),
        made("engagements", "E000001", firm="F000001", compound="C000005", stage="contract"),
    ]
    for place, name in enumerate(NAMES):
        outline = None if place == len(NAMES) - 2 else box(0.1 + 0.75 * place, 0.3, 0.6, 1)
        more = {} if outline is None else {"geometry": outline}
        found.append(
            made(
                "compounds", f"C{place + 1:06d}", name=name or None, kind=KINDS[place % 3], address=f"临泉路 {place + 1} 号",
                households=100 + 7 * place, residents=250 + place, **more,
            )
        )  # fmt: skip
    return found


def write_town(path: Path, name: str) -> Path:
    """Write the registry and return its path."""
    create_registry(path, load_profile("yaohai"), name=name, records=records()).close()
    return path
