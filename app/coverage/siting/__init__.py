"""Where stations go: the models and how they are solved, on arrays alone."""
