"""Sheets of cases and list entries."""
