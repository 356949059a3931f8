"""Values as Qt item models."""
