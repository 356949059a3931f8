"""Runs QGIS's own tools on a registry and asks ``foreign`` what they did: listed, turned back to the bit, taken.

``python scripts/drill_qgis.py`` needs a Python that has QGIS (``--qgis``, default /usr/bin/python3); nothing of the
program's tests does. Each tool works on a copy of the sample: field calculator, split, merge, copy and paste, delete,
add, save as, offline editing, a spatial index, a style. The control: a file as it was, before our columns could be
empty and our codes were unique by an index (schema step 3), in which the split of a compound fails.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.jobs import Ticket
from app.sample.write import write_sample
from app.services.keeping import care
from app.services.keeping.foreign import found_edits, settle
from app.services.registry.registry import Registry

# tool → how many edits of each sort it must leave
EXPECTED = {
    "calculate": {"changed": 2},
    "split": {"changed": 1, "added": 1},
    "merge": {"changed": 1, "deleted": 1},
    "copy": {"added": 1},
    "delete": {"deleted": 1},
    "add": {"added": 1},
    "save_as": {},
    "offline": {"changed": 1},
    "index": {},
    "style": {},
}
_STEP_3 = Path(__file__).resolve().parent.parent / "tests" / "app" / "steps" / "step3.gpkg.gz"
_QGIS = r"""
import json, os, sys
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (Qgis, QgsApplication, QgsGeometry, QgsOfflineEditing, QgsPointXY, QgsProject,
                       QgsVectorFileWriter, QgsVectorLayer, QgsVectorLayerUtils)
tool, path, folder, first = sys.argv[1:5]
application = QgsApplication([], True)
application.initQgis()
layer = QgsVectorLayer(f"{path}|layername=compound", "compound", "ogr")
assert layer.isValid(), path

def one(code):
    return next(f for f in layer.getFeatures() if f["code"] == code)

def field(name):
    return layer.fields().indexOf(name)

def moved(code, by):
    shape = QgsGeometry(one(code).geometry())
    shape.translate(by, 0)
    return shape

def calculate():
    for code in ("C000001", "C000002"):
        layer.changeAttributeValue(one(code).id(), field("households"), 999)

def split():
    box = one(first).geometry().boundingBox()
    layer.selectByIds([one(first).id()])
    middle = box.center().x()
    line = [QgsPointXY(middle, box.yMinimum() - 0.001), QgsPointXY(middle, box.yMaximum() + 0.001)]
    assert int(layer.splitFeatures(line, False)) == 0

def merge():
    joint = one("C000001").geometry().combine(one("C000010").geometry())
    layer.changeGeometry(one("C000001").id(), joint)
    layer.deleteFeature(one("C000010").id())

def copy():
    values = dict(enumerate(one("C000003").attributes()))
    layer.addFeature(QgsVectorLayerUtils.createFeature(layer, moved("C000003", 0.002), values))

def delete():
    layer.deleteFeature(one("C000010").id())

def add():
    values = {field("name"): "QGIS", field("households"): 12}
    layer.addFeature(QgsVectorLayerUtils.createFeature(layer, moved("C000003", 0.004), values))

def save_as():
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = "GPKG", "theirs"
    options.actionOnExistingFile = QgsVectorFileWriter.CreateOrOverwriteLayer
    context = QgsProject.instance().transformContext()
    assert QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, context, options)[0] == 0

def offline():
    project = QgsProject.instance()
    project.addMapLayer(layer)
    editing = QgsOfflineEditing()
    assert editing.convertToOfflineProject(folder, "away.gpkg", [layer.id()], False, QgsOfflineEditing.GPKG)
    (away,) = project.mapLayers().values()
    away.startEditing()
    feature = next(f for f in away.getFeatures() if f["code"] == "C000005")
    away.changeAttributeValue(feature.id(), away.fields().indexOf("households"), 777)
    assert away.commitChanges(), away.commitErrors()
    editing.synchronize()
    project.clear()

def index():
    assert layer.dataProvider().createSpatialIndex()

def style():
    layer.saveStyleToDatabase("theirs", "", True, "")

said = []
if tool in ("save_as", "offline", "index", "style"):
    globals()[tool]()
else:
    layer.startEditing()
    globals()[tool]()
    said = [] if layer.commitChanges() else layer.commitErrors()
print(json.dumps({"qgis": Qgis.QGIS_VERSION, "errors": said}))
sys.stdout.flush()
os._exit(0)
"""


def run_tool(qgis: str, tool: str, path: Path, folder: Path, first: str = "C000001") -> dict[str, object]:
    """Run one tool of QGIS on a registry, from its compound ``first`` on; return its version and what it said went wrong."""
    done = subprocess.run(
        [qgis, "-c", _QGIS, tool, str(path), str(folder), first],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return {"qgis": "", "errors": [done.stderr.strip()[-400:] or "no answer"]}
    found: dict[str, object] = json.loads(lines[-1])
    return found


def looked_at(path: Path) -> dict[str, int]:
    """Return how many edits of each sort are listed."""
    registry = Registry.open(path, by="drill")
    counts: dict[str, int] = {}
    for edit in found_edits(registry):
        counts[edit.what] = counts.get(edit.what, 0) + 1
    registry.close()
    return counts


def settled(path: Path, choice: str) -> str:
    """Take or turn back all; return what is wrong then, "" where nothing is."""
    registry = Registry.open(path, by="drill")
    before = registry.dataset
    if registry.foreign:
        settle(registry, ["all"] if choice == "take" else [], ["all"] if choice == "turn_back" else [])
    after = registry.dataset
    registry.close()
    if choice == "turn_back" and any(after.of(kind) != before.of(kind) for kind in ("compounds", "facts")):
        return "not as it was"
    return " ".join(str(damage.code) for damage in care.verify(path))


def main() -> int:
    """Run every tool; 1 if one of them ends otherwise than it must."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--qgis", default="/usr/bin/python3")
    parser.add_argument(
        "--only", nargs="+", default=list(EXPECTED), choices=EXPECTED, help="some of the tools"
    )
    given = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sample(folder / "sample.gpkg", "yaohai", size="district", seed=0, ticket=Ticket())
        for tool in given.only:
            path = Path(shutil.copy(folder / "sample.gpkg", folder / f"{tool}.gpkg"))
            told = run_tool(given.qgis, tool, path, folder)
            other = Path(shutil.copy(path, folder / f"{tool}-taken.gpkg"))
            counts = looked_at(path)
            wrong = [settled(path, "turn_back"), settled(other, "take")]
            is_right = counts == EXPECTED[tool] and not told["errors"] and not any(wrong)
            failed += not is_right
            print(
                f"{tool}: {'right' if is_right else 'WRONG'} QGIS {told['qgis']} {counts} {told['errors']} {wrong}"
            )
        old = folder / "control.gpkg"
        old.write_bytes(gzip.decompress(_STEP_3.read_bytes()))
        told = run_tool(given.qgis, "split", old, folder, "C1")
        has_failed = "UNIQUE" in str(told["errors"])
        print(f"control: split in a file of schema step 3: {told['errors']}")
    print(f"n {len(given.only)}, wrong {failed}, control {'fails' if has_failed else 'PASSES'}")
    failed += not has_failed
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
