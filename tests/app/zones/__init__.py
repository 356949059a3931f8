"""Tests of the room zones."""
