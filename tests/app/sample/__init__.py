"""Tests of the room sample."""
