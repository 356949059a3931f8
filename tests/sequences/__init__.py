"""Random sequences of what a user does, checked after each step."""
