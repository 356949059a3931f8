"""What an import would do: rows read, recognised and planned."""
