"""``carbonlabel doctor``: is this machine ready, and if not, what to do. Nothing is changed."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib import import_module
from io import StringIO
from pathlib import Path

from rich.text import Text

from factors.errors import CarbonLabelError, FindingsError
from factors.findings import Finding, finding
from factors.store import load
from factors.texts import Lang, text
from labels.cli.show import console, findings_table, plain
from labels.fonts.lookup import find
from lca import model, ruleset

OK, NOT_OK = 0, 1
LEAST_MB = 200
OLDEST = (3, 11)
SUBSETTER = "assert_subsetter"
STYLE = {"ok": "bold", "lacking": "bold red", "optional": "dim"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found.

    Attributes
    ----------
    name
        What was looked at; a key of the catalogue.
    state
        ``ok``, ``lacking`` or ``optional`` (not there and not needed).
    detail
        Version or place.
    findings
        What is wrong.
    """

    name: str
    state: str
    detail: str = ""
    findings: Sequence[Finding] = ()


def show_doctor(lang: Lang, *, as_json: bool) -> int:
    """Look at everything; 1 when something that is needed does not work."""
    seen = [_seen(name, look, lang) for name, look in LOOKS.items()]
    seen += [_program(name) for name in ("soffice", "pdfsig")]
    ill = [one for one in seen if one.state == "lacking"]
    if as_json:
        plain([_json(one) for one in seen])
        return NOT_OK if ill else OK
    out = console()
    for one in seen:
        line = Text(f"{text(f'doctor.{one.state}', lang)}: ", style=STYLE[one.state])
        line.append(text(f"doctor.{one.name}", lang), style="not bold")
        out.print(line.append(f"  {one.detail}" if one.detail else "", style="dim"))
        findings_table(one.findings, lang, of_file=False)
    key = "ill" if ill else "healthy"
    out.print(Text(text(f"doctor.{key}", lang, count=len(ill)), style="bold"))
    return NOT_OK if ill else OK


def _seen(name: str, look: Callable[[Lang], str], lang: Lang) -> Seen:
    try:
        return Seen(name, "ok", look(lang))
    except CarbonLabelError as refusal:
        return Seen(name, "lacking", findings=refusal.findings)


def _python(_: Lang) -> str:
    if sys.version_info < OLDEST:
        raise FindingsError(finding("DOCTOR-PYTHON", saw=platform.python_version()))
    return platform.python_version()


def _library(lang: Lang) -> str:
    rows = load()
    counts = {"releases": len(rows.releases), "rows": sum(1 for _ in rows)}
    return text("doctor.library_saw", lang, **counts)


def _models(_: Lang) -> str:
    return ", ".join(model.load(name).id for name in model.models())


def _rulesets(_: Lang) -> str:
    return ", ".join(ruleset.load(name).id for name in ruleset.rulesets())


def _font(_: Lang) -> str:
    found = find()
    return f"{found.name} ({found.sha256[:8]})"


def _pages(_: Lang) -> str:
    try:
        with redirect_stdout(StringIO()):  # WeasyPrint prints advice of its own there
            press = import_module("labels.render.press")
    except OSError as refusal:  # what the binding raises for a library that is not there
        reason = str(refusal).split("\n")[0].split(".  ")[0]  # the rest is for programmers
        raise FindingsError(finding("DOCTOR-PAGES", reason=reason)) from None
    getattr(press, SUBSETTER)()
    found = press.versions()
    return ", ".join(f"{name} {found[name]}" for name in ("weasyprint", "pango", "harfbuzz"))


def _space(lang: Lang) -> str:
    place = Path(tempfile.gettempdir())
    try:
        with tempfile.TemporaryFile() as probe:
            probe.write(b"0")
        free = shutil.disk_usage(place).free // 1_000_000
    except OSError as refusal:
        told = {"path": str(place), "reason": str(refusal), "least": LEAST_MB}
        raise FindingsError(finding("DOCTOR-SPACE", **told)) from None
    saw = text("doctor.space_saw", lang, path=str(place), free=free)
    if free < LEAST_MB:
        told = {"path": str(place), "reason": f"{free} MB", "least": LEAST_MB}
        raise FindingsError(finding("DOCTOR-SPACE", **told))
    return saw


def _program(name: str) -> Seen:
    found = shutil.which(name)
    return Seen(name, "ok" if found else "optional", found or "")


def _json(one: Seen) -> dict[str, object]:
    return {
        "name": one.name,
        "state": one.state,
        "detail": one.detail,
        "findings": [found.to_json() for found in one.findings],
    }


LOOKS: dict[str, Callable[[Lang], str]] = {
    "python": _python,
    "library": _library,
    "models": _models,
    "rulesets": _rulesets,
    "font": _font,
    "pages": _pages,
    "space": _space,
}
