"""Options and arguments that several commands share, and how their texts are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from factors.texts import Lang


def default_lang() -> Lang:
    """Chinese where the machine speaks Chinese, else English."""
    told = os.environ.get("CARBONLABEL_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    return "zh" if (told or "").lower().startswith("zh") else "en"


DEFAULT_LANG = default_lang()
Language = Annotated[
    str, typer.Option("--lang", help="Language: zh or en.", show_default="by locale")
]
DocumentLanguage = Annotated[str, typer.Option("--lang", help="zh, en or both.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
RuleSetId = Annotated[str, typer.Option("--ruleset", help="Rule set; see `carbonlabel rulesets`.")]
Subject = Annotated[
    str, typer.Option("--subject", help="Family of a workbook, or subject of a system file.")
]
Market = Annotated[str, typer.Option("--market", help="cn, eu-b2b, eu-consumer or other.")]
Location = Annotated[Path | None, typer.Argument(help="Folder of the registry.")]
RegistryOption = Annotated[Path | None, typer.Option("--registry", help="Folder of the registry.")]
RegistryPath = Annotated[str, typer.Option("--registry", help="Folder of the registry.")]


def lang_of(told: str) -> Lang:
    """Return the language asked for."""
    if told not in ("zh", "en"):
        raise typer.BadParameter("zh or en", param_hint="--lang")
    return "zh" if told == "zh" else "en"


def spoken_of(told: str) -> Lang:
    """Return the language of messages where documents may be in both."""
    if told not in ("zh", "en", "both"):
        raise typer.BadParameter("zh, en or both", param_hint="--lang")
    return DEFAULT_LANG if told == "both" else lang_of(told)


def place_of(location: Path | None, registry: Path | None) -> Path:
    """Return the registry, named as an argument or as --registry."""
    chosen = location or registry
    if chosen is None:
        raise typer.BadParameter("name the folder of the registry", param_hint="LOCATION")
    return chosen
