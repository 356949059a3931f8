"""The map painted into a file."""
