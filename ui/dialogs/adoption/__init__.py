"""Sheets of adoption and firms."""
