"""Coordinate systems in other programs' spelling: units by their factor, datums by their numbers and family."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from app.exchange.coordinates import checked_crs

CHINA = 'SPHEROID["CGCS2000",6378137.0,298.257222101]'
WORLD = 'SPHEROID["WGS_1984",6378137.0,298.257223563]'


def degrees(name, datum, shape=CHINA, unit="Degree"):
    return (
        f'GEOGCS["{name}",DATUM["{datum}",{shape}],PRIMEM["Greenwich",0.0],UNIT["{unit}",0.0174532925199433]]'
    )


def metres(unit, factor=1.0):
    return (
        f'PROJCS["CGCS2000_3_Degree_GK_CM_117E_own",{degrees("GCS_CGCS_2000", "D_CGCS_2000")},PROJECTION["Gauss_Kruger"],'
        'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],'
        f'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["{unit}",{factor}]]'
    )


@pytest.mark.parametrize(
    "text",
    [
        degrees("CGCS_2000", "D_2000"), degrees("CGCS_2000", "CGCS_2000"), degrees("GCS_CGCS_2000", "D_CGCS_2000"),
        degrees("CGCS2000", "D_CGCS2000"), degrees("CGCS 2000", "CGCS 2000"), degrees("GCS_China_2000", "D_China_2000"),
        degrees("WGS84(DD)", "WGS84", WORLD), degrees("cgcs2000", "cgcs2000", unit="DEGREE"), metres("Meter"), metres("METER"),
    ],
)  # fmt: skip
def test_that_every_spelling_of_cgcs2000_and_wgs84_is_taken(text):
    assert checked_crs(text)


@pytest.mark.parametrize(
    "text",
    [
        degrees("GCS_Beijing_1954", "D_Beijing_1954", 'SPHEROID["Krasovsky_1940",6378245.0,298.3]'),
        degrees("CGCS2000", "D_CGCS2000", 'SPHEROID["Krasovsky_1940",6378245.0,298.3]'),
        degrees("GCS_NAD83", "D_North_American_1983", 'SPHEROID["GRS_1980",6378137.0,298.257222101]'),
        metres("Foot", 0.3048),
    ],
)
def test_that_what_only_sounds_like_it_is_refused(text):
    with pytest.raises(InvalidInput):
        checked_crs(text)
