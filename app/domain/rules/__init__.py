"""Rules that every record obeys."""
