"""What leaves a registry, and what a file format is: named by who gathers, writes and paints."""
