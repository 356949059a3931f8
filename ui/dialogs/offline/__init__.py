"""The sheet of a desk without its server: what waits to be brought back, what could not be, and the copy on this computer."""
