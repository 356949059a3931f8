"""Tests of the room bring_in."""
