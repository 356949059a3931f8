"""Statements as SQLite's text, each with its parameters in their order. Made by ``scripts/make_statements.py``.

They are declared in ``app.persistence.statements``, which no start and no first change waits for; a test compares.
"""

from __future__ import annotations

from typing import Final

NO_LIMIT: Final = 2**31 - 1  # more rows than there can be

# fmt: off
HISTORY: Final = "SELECT change.id, change.seq, change.at, change.by, change.verb, change.why, change.undoes, change.undone_by, change.checksum FROM change WHERE change.seq > ? AND change.by != ? ORDER BY change.seq DESC LIMIT ?"  # after, not_by, limit
HISTORY_OF: Final = "SELECT change.id, change.seq, change.at, change.by, change.verb, change.why, change.undoes, change.undone_by, change.checksum FROM change WHERE change.seq > ? AND (change.id IN (SELECT change_detail.change_id FROM change_detail WHERE change_detail.code IN (SELECT value FROM json_each(?))) OR (change.id IN (SELECT value FROM json_each(?)))) ORDER BY change.seq DESC LIMIT ?"  # after, codes, making, limit
LAST_BEFORE: Final = "SELECT coalesce((SELECT min(change.seq) - 1 AS anon_1 FROM change WHERE change.at >= ?), (SELECT max(change.seq) AS max_1 FROM change), 0) AS coalesce_1"  # moment
LAST_OF_VERB: Final = "SELECT max(change.seq) AS max_1 FROM change WHERE change.verb = ?"  # verb
LAST_SEQ: Final = "SELECT max(change.seq) AS max_1 FROM change"
STEPS: Final = "SELECT min(change.seq) AS min_1, max(change.seq) AS max_1, count(*) AS count_1 FROM change"
CHANGE_CALLED: Final = "SELECT change.id, change.seq, change.at, change.by, change.verb, change.why, change.undoes, change.undone_by, change.checksum FROM change WHERE change.id = ? OR change.seq = ?"  # id, seq
IMPORTS_OF: Final = "SELECT change.id FROM change WHERE change.verb IN ('import') AND change.undone_by IS NULL AND (change.why = ? OR substr(change.why, 1, ?) = ?)"  # name, length, beginning
NEXT_UNDO: Final = "SELECT change.id FROM change WHERE change.undone_by IS NULL AND (change.verb NOT IN ('undo', 'redo', 'sample', 'purge', 'export')) AND ((change.verb NOT IN ('foreign')) OR (EXISTS (SELECT * FROM change_detail WHERE change_detail.change_id = change.id AND (change_detail.kind NOT IN ('foreign'))))) ORDER BY change.seq DESC LIMIT 1"
NEXT_REDO: Final = "SELECT u.id, u.undoes FROM change AS u JOIN change AS x ON x.id = u.undoes AND x.undone_by = u.id WHERE u.verb IN ('undo') AND u.seq > (SELECT coalesce(max(change.seq), 0) AS coalesce_1 FROM change WHERE (change.verb NOT IN ('undo', 'redo', 'sample', 'purge', 'export')) AND ((change.verb NOT IN ('foreign')) OR (EXISTS (SELECT * FROM change_detail WHERE change_detail.change_id = change.id AND (change_detail.kind NOT IN ('foreign')))))) ORDER BY u.seq DESC LIMIT 1"
TOUCHED_LATER: Final = "SELECT change.id, change.seq, change.at, change.by, change.verb, change.why, change.undoes, change.undone_by, change.checksum FROM change WHERE change.seq > ? AND change.undone_by IS NULL AND (change.verb NOT IN ('undo')) AND NOT (change.verb IN ('redo') AND (SELECT u.seq FROM change AS u WHERE u.id = change.undoes) > ?) AND (change.id IN (SELECT change_detail.change_id FROM change_detail NOT INDEXED WHERE change_detail.row_id = ? AND change_detail.kind != ?) OR (change.id IN (SELECT value FROM json_each(?)))) ORDER BY change.seq DESC LIMIT 1"  # seq, seq_again, row_id, kind, making
DETAILS_OF: Final = "SELECT change_detail.id, change_detail.change_id, change_detail.kind, change_detail.row_id, change_detail.code, change_detail.field, change_detail.before, change_detail.after, change_detail.checksum, change_detail.fid FROM change_detail WHERE change_detail.change_id = ? ORDER BY change_detail.fid LIMIT ?"  # change_id, limit
DETAILS_OF_CODES: Final = "SELECT change_detail.id, change_detail.change_id, change_detail.kind, change_detail.row_id, change_detail.code, change_detail.field, change_detail.before, change_detail.after, change_detail.checksum, change_detail.fid FROM change_detail WHERE change_detail.change_id = ? AND (change_detail.code IN (SELECT value FROM json_each(?))) ORDER BY change_detail.fid LIMIT ?"  # change_id, codes, limit
DETAILS_NAMED: Final = "SELECT change_detail.id, change_detail.change_id, change_detail.kind, change_detail.row_id, change_detail.code, change_detail.field, change_detail.before, change_detail.after, change_detail.checksum, change_detail.fid FROM change_detail WHERE change_detail.code = '' AND change_detail.field IN ('records') ORDER BY change_detail.fid"
PACK_NAMES: Final = "SELECT kept.names FROM kept WHERE kept.id = ?"  # pack_id
PACK_HEAD: Final = "SELECT kept.id, kept.kind, kept.seq FROM kept WHERE kept.id = ?"  # pack_id
PACK_IN: Final = "INSERT INTO kept (id, kind, seq, names, checksum, content) VALUES (?, ?, ?, ?, ?, ?)"  # id, kind, seq, names, checksum, content
PACK_SET: Final = "UPDATE kept SET names=?, checksum=?, content=? WHERE kept.id = ?"  # said, sum, whole, pack_id
DETAILS_AT: Final = "SELECT change_detail.fid, change_detail.change_id FROM change_detail WHERE change_detail.fid IN (SELECT value FROM json_each(?))"  # fids
CODES_BY: Final = "SELECT DISTINCT change_detail.code FROM change_detail WHERE change_detail.kind = ? AND (change_detail.change_id IN (SELECT value FROM json_each(?)))"  # kind, changes
LAST_DETAIL: Final = "SELECT max(change_detail.fid) AS max_1 FROM change_detail"
ONCE_OWNED: Final = "SELECT DISTINCT change_detail.code FROM change_detail WHERE (change_detail.kind IN (SELECT value FROM json_each(?))) AND change_detail.field IN ('record') AND (instr(change_detail.before, ?) > 0 OR instr(change_detail.after, ?) > 0)"  # kinds, quoted, quoted_again
CHANGE_IN: Final = "INSERT INTO change (id, seq, at, by, verb, why, undoes, undone_by, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # id, seq, at, by, verb, why, undoes, undone_by, checksum
CHANGE_MARKED: Final = "UPDATE change SET undone_by=?, checksum=? WHERE change.id = ?"  # mark, sum, change_id
DETAIL_IN: Final = "INSERT INTO change_detail (id, change_id, kind, row_id, code, field, before, after, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # id, change_id, kind, row_id, code, field, before, after, checksum
ENTITIES: Final = "SELECT entity.id, entity.code, entity.kind FROM entity"
ID_OF: Final = "SELECT entity.id FROM entity WHERE entity.code = ?"  # code
ENTITY_IN: Final = "INSERT INTO entity (id, code, kind) VALUES (?, ?, ?)"  # id, code, kind
INFO_OF: Final = "SELECT registry_info.id, registry_info.value FROM registry_info WHERE registry_info.key = ?"  # of_key
INFO_IN: Final = "INSERT INTO registry_info (id, key, value, checksum) VALUES (?, ?, ?, ?)"  # id, key, value, checksum
INFO_SET: Final = "UPDATE registry_info SET value=?, checksum=? WHERE registry_info.key = ?"  # said, sum, of_key
STEP_IN: Final = "INSERT INTO schema_step (id, number, sentence, at) VALUES (?, ?, ?, ?)"  # id, number, sentence, at
BACKDROP_IN: Final = "INSERT INTO backdrop (id, kind, rank, checksum, geom) VALUES (?, ?, ?, ?, ?)"  # id, kind, rank, checksum, geom
