"""How long the things take that a person waits for: ``make bench``."""
