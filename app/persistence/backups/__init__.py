"""Automatic backups of a registry: where they lie, which there are, how one is made and which go."""
