"""Working with others on one registry: who is here, what they changed, and whether they can be reached."""
