"""The sheet of what another program edited in the file."""
