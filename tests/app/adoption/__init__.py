"""Tests of the room adoption."""
