"""Adoption by stages (认领): rules, stages, expiry, renewal."""
