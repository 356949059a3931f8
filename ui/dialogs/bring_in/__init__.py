"""Sheets through which something comes in: import, template, profile."""
