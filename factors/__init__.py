"""Floor 1: numbers with a source. Units, GWP sets, emission factors. Knows nothing of products."""
