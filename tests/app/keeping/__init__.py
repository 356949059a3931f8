"""Tests of the room keeping."""
