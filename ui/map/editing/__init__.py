"""Drawing and editing on the map: tools, gestures, keys."""
