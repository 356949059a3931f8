"""Tests of the room persistence."""
