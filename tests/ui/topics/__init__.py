"""Tests of the window: topics."""
