"""What geometry refuses."""

from __future__ import annotations


class GeoError(Exception):
    """Base of all errors of this folder."""


class CrsError(GeoError):
    """Coordinates in the wrong system: degrees where metres are needed, or none at all."""


class InvalidGeometry(GeoError):
    """An outline that crosses itself or is no polygon."""
