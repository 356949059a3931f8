"""Tests of the room count."""
