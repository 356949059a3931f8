"""The drill of a shared registry: many desks of several processes on one server, with all that can break broken."""
