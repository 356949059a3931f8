"""Topics that count: totals, check lists, organisations, rules compared."""
