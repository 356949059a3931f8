"""A registry shared by many desks: the same tables on PostgreSQL with PostGIS, reached by an address (decision 107)."""
