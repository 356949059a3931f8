"""Edits of records: values typed, set, attached, assessed, ended."""
