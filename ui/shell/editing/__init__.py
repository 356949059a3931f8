"""Editing outlines in the window: between the map's tools and what the services plan and write."""
