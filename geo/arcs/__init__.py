"""Borders that several outlines share, derived once around the place of an edit: what moves for one moves for all."""
