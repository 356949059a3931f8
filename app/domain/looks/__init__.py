"""How figures look wherever they are shown: how a rate is said, where a band begins, and every colour."""
