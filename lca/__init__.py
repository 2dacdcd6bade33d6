"""Floor 2: product systems and footprints. Knows nothing of paper, keys or registries."""
