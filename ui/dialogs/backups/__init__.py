"""Automatic backups in the window: their time line, a record then and now, and bringing it back."""
