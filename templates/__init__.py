"""Cellar: data only (texts, page templates, styles). Read through importlib.resources, never imported for code."""
