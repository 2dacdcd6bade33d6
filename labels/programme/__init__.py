"""A programme: the enterprises of a city on their way to certificates.

* :mod:`.settings`, :mod:`.folder`: what the programme office keeps, and what is taken from it.
* :mod:`.work`, :mod:`.pool`, :mod:`.run`: every workbook checked and computed, documents prepared.
* :mod:`.drafts`: drafts in the registry; nothing here approves or issues.
* :mod:`.example`: a fictitious programme to try it with.
"""
