"""Topics: questions of the field, each a page."""
