"""What is doubtful in a registry, and what mends it."""
