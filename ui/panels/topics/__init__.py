"""The pages of the topics tab, one module each."""
