"""What a city declares: profiles read, told, compared, put to use."""
