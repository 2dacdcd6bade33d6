"""Campaigns against the registry: each in a short form, in depth, and with a control that fails."""
