"""The province in the window: a folder opened, the way into a registry of it and back."""
