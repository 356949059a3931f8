"""The topic of where new stations go."""
