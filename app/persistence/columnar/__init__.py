"""Rows read as columns where each is as it was written: SQLite hands over whole stretches, not a value at a time."""
