"""The topic of borders led along compounds."""
