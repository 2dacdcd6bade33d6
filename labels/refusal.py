"""One line to refuse with a coded finding, or to name one."""

from __future__ import annotations

from factors.errors import IssueError
from factors.findings import Finding, Where, finding


def refusal(code: str, where: str = "", /, **params: object) -> IssueError:
    """Return an :class:`~factors.errors.IssueError` with one finding; the caller raises it.

    Parameters
    ----------
    code
        Key in ``templates/texts/findings/labels.toml``.
    where
        File name or key path the finding speaks of.
    params
        Fields of the catalogue's sentences.
    """
    return IssueError(fault(code, where, **params))


def fault(code: str, where: str = "", /, **params: object) -> Finding:
    """Return a finding; see :func:`refusal`."""
    return finding(code, Where(path=where), **params)
