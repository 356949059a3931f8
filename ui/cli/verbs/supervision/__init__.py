"""Verbs of supervision: who has to do what by when."""
