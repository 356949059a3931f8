"""A province in the window: a folder of registries added up, looked at and never written, and the way into each."""
