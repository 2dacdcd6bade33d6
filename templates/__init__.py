"""Cellar: texts, page templates and styles, read through importlib.resources; data only."""
