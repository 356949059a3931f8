"""Where a registry lies, and how a place may be read otherwise."""
