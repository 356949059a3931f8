"""Two who change the same record: what stands together, what does not, and what becomes of it once somebody has chosen."""
