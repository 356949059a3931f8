#!/usr/bin/env bash
# numpy.bincount with weights returns whole numbers where there is nothing to count, and floats everywhere else.
#
# Seen with numpy 2.4.6: weights are cast to double, and sums of them are float64; but of an empty array, with empty
# weights of type float64, the result is int64. Sums by group so change their type with the data: 0 for 0.0
# in what is printed, and an array that cuts off whatever fraction is written into it later.
#
# Mended by a program with .astype(float). Exit status 0: it is as described; 1: it has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "numpy==2.4.6" 2>/dev/null

"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np

groups, weights = np.array([0, 1, 1]), np.array([0.5, 0.25, 0.25])
some = np.bincount(groups, weights=weights, minlength=3)
none = np.bincount(groups[:0], weights=weights[:0], minlength=3)
print(f"numpy {np.__version__}: of three {some.dtype} {some.tolist()}, of none {none.dtype} {none.tolist()}")
none[0] = 0.75
print(f"0.75 written into the latter is {none[0]}")
sys.exit(0 if some.dtype == np.float64 and none.dtype == np.int64 and none[0] == 0 else 1)
PYTHON
