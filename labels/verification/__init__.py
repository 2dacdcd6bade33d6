"""The verification file: what a statement or a certificate rests on, kept in one folder.

A case folder holds who works on it, what was handed in, a signed event per act, and evidence by its
hash. State is never stored: it is read from the events, in their order, every time. A folder that
was changed by hand, or by two people at once, says so and cannot be closed.
"""
