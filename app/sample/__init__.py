"""Made-up cities: samples that show every part of the program on invented records."""
