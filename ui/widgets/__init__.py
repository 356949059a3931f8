"""Controls of our own: small, named, accessible."""
