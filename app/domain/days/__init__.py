"""Days and terms as people write them."""
