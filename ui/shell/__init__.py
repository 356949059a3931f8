"""The window's skeleton: its layout, its links between panels and map, its files."""
