"""Data that ships with the program, read through importlib.resources."""
