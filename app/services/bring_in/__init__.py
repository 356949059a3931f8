"""What comes in: tables, layers, templates, lists of a city, another profile."""
