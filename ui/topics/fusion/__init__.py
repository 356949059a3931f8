"""The topic of fused grids."""
