"""The atlas: a district sheet, one sheet for each unit, findings and notes, as PDF on A4."""
