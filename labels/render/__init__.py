"""From a sealed body to paper: the label and the study report, as PDF/A-3.

Everything printed comes from the :class:`~labels.view.DocumentView`; nothing is computed again and
nothing is fetched. The same view, font and libraries give the same bytes.
"""

from labels.render.documents import check, documents, record

__all__ = ["check", "documents", "record"]
