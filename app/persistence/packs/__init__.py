"""What many records written at once leave in the file: their names for the journal, their content for who asks what they were."""
