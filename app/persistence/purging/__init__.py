"""Taking a text, or what the journal keeps of a record, out of a registry file for good."""
