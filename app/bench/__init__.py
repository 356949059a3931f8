"""The stop-watch: what a user waits for, measured."""
