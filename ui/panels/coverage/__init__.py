"""Coverage: the table of units, its options, gaps, the explanation of a cell."""
