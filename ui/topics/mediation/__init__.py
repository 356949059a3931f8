"""Topics on mediation, lists and alliances."""
