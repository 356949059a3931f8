"""What users want of a registry: a room for each matter, the same for window and commands."""
