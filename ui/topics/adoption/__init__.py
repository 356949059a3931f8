"""Topics on adoption and where it expires."""
