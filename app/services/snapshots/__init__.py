"""Kept tables: figures as they were published, with the stamp of what they were counted from, and what came after."""
