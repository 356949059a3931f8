"""The topic of tasks: who has to do what by when."""
