"""Papers: what a page, an atlas or a workbook says of one question, gathered once for all of them."""
