"""Sheets of tasks: made of what is chosen, and moved on."""
