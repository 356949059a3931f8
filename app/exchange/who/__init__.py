"""Who is who in an import: rows of one file about one thing, the registered record a row means, references by name."""
