"""Tests of the window: bring_in."""
