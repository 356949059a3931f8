"""The thirty-five systems of the sources, and where the program enters, shows and counts each."""
