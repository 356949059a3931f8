"""What leaves: files, figures, what each audience may have."""
