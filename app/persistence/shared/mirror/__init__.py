"""A shared registry's mirror on a desk's own disk: what the desk goes on from when the server can't be reached (decision 69)."""
