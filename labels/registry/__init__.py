"""The registry: an append-only log of what was issued, its store, its rules and its own check."""
