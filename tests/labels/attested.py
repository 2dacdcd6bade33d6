"""Certificates and statements of the fictitious example, with a verification file made by hand."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Mapping
from typing import Any

from labels.issuer import IssuerApproval, IssuerProfile, demo_issuer
from labels.kinds import ClosedFile
from labels.view import DocumentLang, DocumentView
from tests.labels.views import body, view

ROLES = {
    "preparer": "示例甲 Example A",
    "verifier": "示例乙 Example B",
    "reviewer": "示例丙 Example C",
    "decision": "示例丁 Example D",
}
SUMMARY: Mapping[str, Any] = {
    "work": {"zh": "现场 2 天，抽样 46 条记录", "en": "2 days on site, 46 records sampled"},
    "sampling": {
        "zh": "高于执行重要性的各行全部检查；其余按排放量单位抽样",
        "en": "every line above performance materiality; the rest by units of emission",
    },
    "qualifications": [],
    "misstatements": [
        {
            "text": {"zh": "一张柴油发票的期间错误", "en": "one diesel invoice of another period"},
            "effect": "0.004",
        }
    ],
    "statement": "SAMPLE-6",
}
CLOSED = ClosedFile(
    sha256="ab" * 32,
    submission="88" * 32,
    footprint="99" * 32,
    opinion="unmodified",
    level="limited",
    materiality="0.05",
    closed=dt.date(2026, 11, 12),
    summary=SUMMARY,
)


def accredited() -> IssuerProfile:
    """Return the demo issuer with an approval, so that the full wording can be shown."""
    plain = demo_issuer()
    approval = IssuerApproval("product-certification", "EXAMPLE-0000", "示例 Example", "2029-12-31")
    return IssuerProfile(
        plain.id, plain.name, plain.time_zone, plain.origin, plain.verify_url,
        plain.serial_prefix, plain.demo, (approval,),
    )  # fmt: skip


def attested(kind: str, fields: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the example body as a certificate or a statement."""
    made = copy.deepcopy(dict(fields if fields is not None else body()))
    made["kind"] = kind
    made["grade"] = {"value": "certifiable", "reasons": []}
    made["issuer"] = accredited().to_json()
    made["verification"] = copy.deepcopy(CLOSED.to_json())
    made["approvers"] = [
        {"role": role, "kid": f"{index:x}" * 16, "person": person}
        for index, (role, person) in enumerate(ROLES.items(), start=4)
    ]
    until = "2028-11-19" if kind == "certificate_of_conformity" else None
    made["validity"] = {"from": "2026-11-20", "until": until}
    return made


def attested_view(
    kind: str, lang: DocumentLang = "both", fields: Mapping[str, Any] | None = None
) -> DocumentView:
    """Return the view of such a body."""
    return view(attested(kind, fields), lang)
