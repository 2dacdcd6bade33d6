"""From a sealed body to paper: the label and the study report, as PDF/A-3.

Everything printed comes from the :class:`~labels.view.DocumentView`; nothing is computed again and
nothing is fetched. The same view, font and libraries give the same bytes. The way in is
:mod:`labels.render.documents`; nothing is imported here, so that web pages need no press.
"""
