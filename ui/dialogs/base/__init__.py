"""What every sheet stands on: the sheet, one step, choosing a file."""
