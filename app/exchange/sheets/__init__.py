"""Tables read as people see them: the picture of a sheet, its headings, its layout, the table within."""
