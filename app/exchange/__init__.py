"""Files of other people, in and out."""
