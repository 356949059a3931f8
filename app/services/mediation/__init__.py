"""Mediation and lists: cases, mediators, alliances, entries."""
