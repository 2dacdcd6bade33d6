"""Every rule of verification in one table, by check.

A check without any of its rules accepts whatever that rule alone refuses: the tests take each rule
out and must then find such documents. So no rule is decoration, and none is untested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from labels import container, increment, sealcheck, stampcheck
from labels.container import ContainerRule
from labels.sealcheck import SealRule
from labels.stampcheck import TokenRule
from labels.verify.attachments import RULES as ATTACHMENTS
from labels.verify.case import Rules
from labels.verify.content import APPROVAL, BODY, RECEIPT
from labels.verify.deep import LEVELS, DeepRule
from labels.verify.inert import RULES as INERT
from labels.verify.page import RULES as PAGE
from labels.verify.status import BYTES, LOG, STATUS


@dataclass(frozen=True, slots=True)
class Checks:
    """The rules of each check, in the order in which they are told.

    Attributes
    ----------
    container, increment
        The signature container byte for byte, and what sealing added.
    attachments, body, receipt, approvals
        The attached files.
    seal
        Who sealed, with which certificates.
    inert, page
        That nothing is hidden or active, and that the page follows from the body.
    log, status, registered
        What the registry says.
    timestamp
        Who else says that the document existed, and since when.
    deep
        Counting again, by level.
    """

    container: Mapping[str, ContainerRule]
    increment: Mapping[str, ContainerRule]
    attachments: Rules
    body: Rules
    receipt: Rules
    approvals: Rules
    seal: Mapping[str, SealRule]
    inert: Rules
    page: Rules
    log: Rules
    status: Rules
    registered: Rules
    timestamp: Mapping[str, TokenRule]
    deep: Mapping[str, Mapping[str, DeepRule]]


#: All of them: what ``verify`` applies.
CHECKS = Checks(
    container=container.RULES,
    increment=increment.RULES,
    attachments=ATTACHMENTS,
    body=BODY,
    receipt=RECEIPT,
    approvals=APPROVAL,
    seal=sealcheck.RULES,
    inert=INERT,
    page=PAGE,
    log=LOG,
    status=STATUS,
    registered=BYTES,
    timestamp=stampcheck.RULES,
    deep=LEVELS,
)
