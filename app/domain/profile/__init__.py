"""What a profile may declare, and how it is read."""
