"""The one door: a registry opened, read, written, asked about."""
