"""The command line: parses arguments, calls one function, shows what it returns.

Importing it refuses a mixed-up installation before anything else is imported.
"""

from labels.cli.one_place import refuse_mixed_installation

refuse_mixed_installation()
