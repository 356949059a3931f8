"""The sheet that attaches organisations, firms and posts."""
