"""The registry file: SQLAlchemy lives here and nowhere else."""
