"""Counts by unit, the tree of organisations, rules laid side by side."""
