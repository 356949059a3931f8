"""Compounds that a border cuts, and borders led along them: plans and their proof."""
