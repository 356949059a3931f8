"""Sheets that split a record and merge several: what goes where."""
