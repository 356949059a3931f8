#!/usr/bin/env bash
# Engine.raw_connection() of SQLAlchemy lets the driver's own error out where Engine.connect() raises SQLAlchemy's.
#
# Seen with SQLAlchemy 2.1.9: a database that can't be opened is sqlalchemy.exc.OperationalError from connect(), and
# sqlite3.OperationalError, which is no DBAPIError, from raw_connection() of the same engine (with psycopg likewise). Whoever
# waits for a server to come back and catches DBAPIError around both lets the second end the waiting thread.
#
# Mended by a program that catches the driver's error too. Exit status 0: it is as described; 1: it has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "SQLAlchemy==2.1.9" 2>/dev/null

"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import sys

import sqlalchemy
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

engine = create_engine(f"sqlite:///{sys.argv[1]}/no-such-folder/a.db")
met = {}
for name in ("connect", "raw_connection"):
    try:
        getattr(engine, name)().close()
    except Exception as error:
        met[name] = error
        kind = type(error)
        print(f"SQLAlchemy {sqlalchemy.__version__}: {name}() raises {kind.__module__}.{kind.__qualname__}")
is_so = isinstance(met["connect"], DBAPIError) and not isinstance(met["raw_connection"], DBAPIError)
sys.exit(0 if is_so else 1)
PYTHON
