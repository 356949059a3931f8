"""Tests of the window: panels."""
