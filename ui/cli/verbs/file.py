"""Verbs that make a registry: new, sample."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from app.text import Text
from ui.cli.frame import verb
from ui.cli.options import OUT
from ui.cli.told import tell_file

if TYPE_CHECKING:
    from ui.cli.output import Output


@verb()
@OUT
@click.option("--profile", required=True)
@click.option("--name")
def new(output: Output, out: Path, profile: str, name: str | None) -> None:
    """Write an empty registry with a city profile."""
    from app.services.profile.profiles import load_profile
    from app.services.registry.registry import create_registry

    registry = create_registry(out, load_profile(profile), name=name)
    registry.close()
    tell_file(
        output,
        out,
        {"profile": registry.profile.label, "name": registry.info.name},
        Text("新建了", "Created"),
    )


@verb()
@OUT
@click.option("--profile", default="yaohai", show_default=True)
@click.option(
    "--size", type=click.Choice(["district", "city", "province"]), default="district", show_default=True
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--each", type=click.Choice(["district"]))
def sample(output: Output, out: Path, profile: str, size: str, seed: int, each: str | None) -> None:
    """Write a registry filled with sample data: real outlines and names, everything inside synthetic."""
    from app.sample.write import write_districts, write_sample

    told: dict[str, Any] = {"profile": profile, "size": size, "seed": seed}
    with output.ticket() as ticket:
        if each is None:
            told["counts"] = write_sample(out, profile, size=size, seed=seed, ticket=ticket)
        else:
            written = write_districts(out, profile, size=size, seed=seed, ticket=ticket)
            told["files"] = [one.as_json(output.lang) for one in written]
            told["counts"] = dict(sum((Counter(one.counts) for one in written), Counter()))
    tell_file(output, out, told, Text("写好样例", "Sample written:"))
