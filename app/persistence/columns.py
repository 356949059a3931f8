"""The columns of each kind's table, from the declaration alone: what readers need to know of the tables."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, FieldType, Shape

if TYPE_CHECKING:
    from app.domain.kinds import Field

APPLICATION_ID: Final = 0x47504B47  # "GPKG"
MIRROR_ID: Final = 0x43524D52  # "CRMR": a desk's copy of a shared registry, which is no registry by itself
AFTER_FIELDS: Final = ("valid_from", "valid_until", "source", "version", "past", "checksum")
# other tables whose rows carry a checksum, with their columns but for fid
OTHER_CHECKED: Final = {
    "backdrop": ("id", "kind", "rank", "checksum", "geom"),
    "change": ("id", "seq", "at", "by", "verb", "why", "undoes", "undone_by", "checksum"),
    "change_detail": ("id", "change_id", "kind", "row_id", "code", "field", "before", "after", "checksum"),
    "kept": ("id", "kind", "seq", "names", "checksum", "content"),
    "registry_info": ("id", "key", "value", "checksum"),
}
_SHAPES: Final = {Shape.POINT: "POINT", Shape.AREA: "MULTIPOLYGON", Shape.AREA_OR_POINT: "GEOMETRY"}


def shape_type(kind: str) -> str:
    """Return the geometry type that ``gpkg_geometry_columns`` names for a layer."""
    return _SHAPES[KINDS[kind].shape]


def column_of(field: Field) -> str:
    """Return the column that keeps a field: references keep the other record's id."""
    return f"{field.name}_id" if field.type is FieldType.REFERENCE else field.name


@cache
def row_names(kind: str) -> tuple[str, ...]:
    """Return a kind's columns in the order of the file, without ``fid``."""
    spec = KINDS[kind]
    head = ("id", "code") if spec.coded else ("id",)
    tail = (*AFTER_FIELDS, "geom") if spec.is_layer else AFTER_FIELDS
    return (*head, *(column_of(field) for field in spec.fields), *tail)
