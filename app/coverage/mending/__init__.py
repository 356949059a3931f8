"""Answers of a changed dataset, mended from those before it where the change touches them."""
