"""What other programs did to the rows of records, and what our last change had left there."""
