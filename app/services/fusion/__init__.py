"""Grids fused and cut: borders along compounds, plans and their proof."""
