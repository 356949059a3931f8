"""Outlines edited: the city stays tiled."""
