"""A province in the window."""
