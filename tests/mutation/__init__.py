"""Mutation testing of the modules that make numbers: ``make deep-mutation``."""
