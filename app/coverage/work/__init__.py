"""Least work to a target: acts, what they cost, and the cheapest set of them."""
