"""Whole program, one user story each."""
