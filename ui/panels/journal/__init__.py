"""The journal: what was done, by whom, and what is new."""
