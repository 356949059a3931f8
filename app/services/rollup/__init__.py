"""Figures over many registries: each computed by itself, wherever a worker is free, and added up exactly."""
