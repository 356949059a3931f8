"""The change between two days taken apart: who came, left, moved, grew, and whose answer is another."""
