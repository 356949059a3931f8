#!/usr/bin/env bash
# pyarrow.parquet.write_table(…, store_schema=False) also drops what the table says of itself: no "geo", so no GeoParquet.
#
# Seen with pyarrow 26.0.1: store_schema is told as whether Arrow's own schema is kept
# in the file ("ARROW:schema"). Without it every other key of the table's metadata is gone too, without a word: a file
# written as GeoParquet opens as a table without outlines. With it, what is said stands in the file twice, the second
# time in base64, so a text in it can't be found or changed in one place. ParquetWriter.add_key_value_metadata
# keeps it in both cases, once.
#
# Exit status 0: it is as described; 1: it has changed.
set -euo pipefail

PINNED="pyarrow==26.0.1"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$PINNED" 2>/dev/null

"$folder/venv/bin/python" - <<'PYTHON'
import base64
import io
import sys

import pyarrow as pa
import pyarrow.parquet as pq

SAID = b'{"version": "1.1.0", "primary_column": "geometry"}'
table = pa.table({"code": ["a"], "geometry": [b"\x01"]})


def kept(data):
    return pq.ParquetFile(io.BytesIO(data)).metadata.metadata or {}


def written(**how):
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"geo": SAID}), out, **how)
    return out.getvalue()


with_schema, without = written(), written(store_schema=False)
out = io.BytesIO()
with pq.ParquetWriter(out, table.schema, store_schema=False) as writer:
    writer.write_table(table)
    writer.add_key_value_metadata({"geo": SAID})
added = out.getvalue()
again = SAID in base64.b64decode(kept(with_schema)[b"ARROW:schema"])
print(f"pyarrow {pa.__version__}: write_table keeps {sorted(kept(with_schema))}, the text a second time inside the schema: {again}")
print(f"with store_schema=False it keeps {sorted(kept(without))}; add_key_value_metadata keeps {sorted(kept(added))}")
sys.exit(0 if again and b"geo" not in kept(without) and kept(added).get(b"geo") == SAID else 1)
PYTHON
