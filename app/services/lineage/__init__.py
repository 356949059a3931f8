"""Records split and merged: which came of which, and what goes where of all that hung on them."""
