"""What frames every view: header, search, palette, notices, the first run."""
