"""The faces: the window and the command line."""
