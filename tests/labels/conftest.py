"""What the tests of this floor have in common."""

from tests.labels.databases import cluster, server

__all__ = ["cluster", "server"]
