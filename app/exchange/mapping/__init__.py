"""What the columns of a stranger's table mean: the user's word first, then headings, with the values as witness."""
