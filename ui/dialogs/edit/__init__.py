"""Sheets that draw, change, assess and end records."""
