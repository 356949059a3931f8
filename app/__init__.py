"""The registry without a face."""
