"""The topic of service zones."""
