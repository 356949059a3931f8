"""Drills of keeping: chance is in each, so each has a control that must fail. ``python -m tests.drills --help``."""
