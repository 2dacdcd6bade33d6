"""Every command with its arguments, a module per group, and the module that does the work.

Only here are imports allowed inside functions: each command loads its own module, so that
``carbonlabel --help`` answers at once.
"""
