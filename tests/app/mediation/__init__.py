"""Tests of the room mediation."""
