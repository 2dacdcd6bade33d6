"""The command line: parses arguments, calls one function, shows what it returns."""
