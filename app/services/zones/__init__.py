"""Service zones (片区): proposed, described, edited."""
