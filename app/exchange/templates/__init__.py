"""Templates and lists as workbooks, made for people to fill in."""
