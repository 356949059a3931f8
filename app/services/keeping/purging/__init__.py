"""Taking a text, or what was kept of a record, out of everything within reach: file, log, backups, traces."""
