"""Nothing is lost: backups, restoring, changes by other programs, purging, news."""
