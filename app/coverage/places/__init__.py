"""Where things lie: outlines, units, placings."""
