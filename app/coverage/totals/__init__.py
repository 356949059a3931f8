"""Totals by unit, and their JSON."""
