"""Formats that leave, each with its writer and reader."""
