"""Order, initials and readings of Chinese names."""
