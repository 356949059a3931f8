"""Verbs: one module for each intention of a user."""
