"""The verbs of the command line, by matter."""
