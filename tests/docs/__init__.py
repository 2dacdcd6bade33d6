"""Every block of code in the documentation is run, and what it prints is compared.

A page says how with comments that no reader sees, each on the line above a block:

``<!-- file: NAME -->``
    The block is written into the page's folder under this name, for the commands after it.
``<!-- exits: 1 -->``
    The last command of the block ends with this code instead of 0.
``<!-- not run: REASON -->``
    The block is not run; the reason is for whoever edits the page.
``<!-- setup: COMMANDS -->``
    Standing anywhere, over several lines if need be: run here, not shown.
``<!-- with: demo -->``
    Standing anywhere: the page's folder has ``demo``, what ``make demo`` leaves behind.
``<!-- with: time -->``
    Standing anywhere: the page takes more than some seconds and is run by ``make deep-docs``.

``console`` blocks hold commands after ``$`` and what they print; ``sh`` blocks hold commands only;
what a ``python`` block prints stands in the ``text`` block right after it. ``python -m tests.docs
PAGE`` writes what was printed into the page. Volatile fields are made alike by the rules of
:mod:`tests.docs.masks`; pages that a test of their own runs stand in :mod:`tests.docs.held`.
"""
