"""What people write in a cell, by the type of its field: a value, nothing known, or a question; never a guess."""
