"""Codes: what they say, and how new ones are made."""
