"""The table of records, worked like a spreadsheet."""
