"""Outlines edited so that the city stays tiled: what an edit would do to every neighbour, told first and written as one change."""
