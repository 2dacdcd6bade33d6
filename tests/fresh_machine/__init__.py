"""A machine that has never seen this project: ``make deep-fresh``, see ``machine.py``."""
