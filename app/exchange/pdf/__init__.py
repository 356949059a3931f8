"""PDF files of our own: text in the bundled font that is found again as it was written, vectors, links, bookmarks."""
