"""Where Qt meets the app: threads, broadcast, errors, settings."""
