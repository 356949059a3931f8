"""Tests of the window: shell."""
