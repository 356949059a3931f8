"""What is true: frozen values, no input or output."""
