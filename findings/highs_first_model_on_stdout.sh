#!/usr/bin/env bash
# highspy writes two lines on standard output when the first model of a process is made, before any option can be set.
#
# Seen with highspy 1.16.0: Highs() writes "Running HiGHS 1.16.0 …" and a line on third-party software to file
# descriptor 1, from C, so that contextlib.redirect_stdout does not see it; silent() and output_flag, which can be set
# only on a model that has been made, come too late. The second model of the same process says nothing. A program whose
# answer on standard output is one JSON document is broken by its first programme, and a test in a process that solved
# before does not notice.
#
# Mended by a program that has descriptor 1 lead nowhere while the model is made (os.dup2). Exit status 0: it is as
# described; 1: it has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "highspy==1.16.0" 2>/dev/null

cat >"$folder/made.py" <<'PYTHON'
import contextlib
import io
import sys

import highspy

python = io.StringIO()
for _ in range(int(sys.argv[1])):
    with contextlib.redirect_stdout(python):
        model = highspy.Highs()
        model.silent()
assert python.getvalue() == ""
PYTHON
"$folder/venv/bin/python" "$folder/made.py" 1 >"$folder/one.txt"
"$folder/venv/bin/python" "$folder/made.py" 3 >"$folder/three.txt"
echo "standard output of a process that makes one model and solves nothing:"
cat "$folder/one.txt"
echo "of one that makes three: $(wc -l <"$folder/three.txt") lines"
grep -q "^Running HiGHS 1.16.0" "$folder/one.txt" && cmp -s "$folder/one.txt" "$folder/three.txt"
