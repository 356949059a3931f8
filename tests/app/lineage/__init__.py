"""Tests of splits and merges."""
