"""What others changed meanwhile: kept until somebody chooses, both sides side by side, and written by what was chosen."""
