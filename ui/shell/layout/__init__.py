"""Where panels stand in the window: the room at hand, its sides, its tabs, the page of work."""
