"""The change between two days: its parts, its units, its course."""
