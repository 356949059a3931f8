"""The inspector: all that is known of what is chosen, to be read and edited."""
