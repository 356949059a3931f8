"""Findings: what is doubtful, worked off one by one."""
