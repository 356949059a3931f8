"""What every topic page stands on."""
