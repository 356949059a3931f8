"""What ArcGIS services answer with, as the GeoJSON that it means."""

from __future__ import annotations

from typing import Any

from shapely.geometry import LinearRing, Point, Polygon


def is_esri(document: dict[str, Any]) -> bool:
    """Whether a JSON document is a set of features as ArcGIS writes it."""
    features = document.get("features")
    return (
        "type" not in document
        and isinstance(features, list)
        and any(
            isinstance(feature, dict) and isinstance(feature.get("attributes"), dict) for feature in features
        )
    )


def as_geojson(document: dict[str, Any]) -> dict[str, Any]:
    """Return the same features as a FeatureCollection; its reference system as GeoJSON once named one."""
    made: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": feature.get("attributes"),
                "geometry": _geometry(feature.get("geometry")),
            }
            if isinstance(feature, dict)
            else feature
            for feature in document["features"]
        ],
    }
    said = document.get("spatialReference")
    number = (said.get("latestWkid") or said.get("wkid")) if isinstance(said, dict) else None
    if isinstance(number, int):
        number = {102100: 3857, 102113: 3857}.get(number, number)
        made["crs"] = {"type": "name", "properties": {"name": f"EPSG:{number}"}}
    return made


def _geometry(said: object) -> object:
    """Return one geometry; what is no such thing is handed on as it is and refused where GeoJSON is."""
    if not isinstance(said, dict):
        return said
    if isinstance(said.get("rings"), list):
        return _polygons(said["rings"])
    if isinstance(said.get("paths"), list):
        return {"type": "MultiLineString", "coordinates": said["paths"]}
    if isinstance(said.get("points"), list):
        return {"type": "MultiPoint", "coordinates": said["points"]}
    if "x" in said and "y" in said:
        return (
            None if said["x"] in (None, "NaN") else {"type": "Point", "coordinates": [said["x"], said["y"]]}
        )
    return said or None


def _polygons(rings: list[Any]) -> object:
    """Return rings as polygons: clockwise ones bound them, the others are holes in the one that they lie in."""
    try:
        turned = [LinearRing(ring).is_ccw for ring in rings]
        holes = [ring for ring, is_hole in zip(rings, turned, strict=True) if is_hole]
        outer = [[ring] for ring, is_hole in zip(rings, turned, strict=True) if not is_hole]
        if not outer:
            outer, holes = [[ring] for ring in holes], []
        for hole in holes:
            inside = next((one for one in outer if Polygon(one[0]).covers(Point(hole[0]))), outer[0])
            inside.append(hole)
    except (TypeError, ValueError, IndexError):
        return {"type": "MultiPolygon", "coordinates": rings}  # malformed: told where all outlines are read
    return {"type": "MultiPolygon", "coordinates": outer}
