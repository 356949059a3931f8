"""Drills: bounded, seeded, each beside a control that must fail."""
