"""Placing, statuses, measures and coverage, computed from a dataset."""
