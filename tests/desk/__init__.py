"""A real desk: X server, window manager, session bus, mouse and keys from outside the program."""
