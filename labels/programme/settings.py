"""What the programme office writes down: the programme itself, and an application per enterprise.

Everything else about an enterprise follows from its workbooks, its cases and the registry.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

from factors.errors import FindingsError
from factors.findings import Finding, finding
from labels.times import parse_day
from lca.document import Section, read

PROGRAMME, FORM = "programme.toml", "enterprise.toml"
FORMAT, FORM_FORMAT = "carbonlabel-programme/1", "carbonlabel-enterprise/1"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
CREDIT_CODE = re.compile(r"[0-9A-Z]{18}")
FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
MOST = 1_000_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """A programme.

    Attributes
    ----------
    name
        What it is called, in both languages.
    sample
        Whether everything in it is made up; every page says so then.
    goal
        Fewest and most enterprises that are to be certified.
    fewest
        Enterprises that must stand behind a published figure.
    surveillance
        Months between two surveillances.
    renewal
        Days before the end of validity from which a renewal is due.
    registry
        Folder of the registry inside the programme's folder; empty for none.
    lang
        Language of the documents that are prepared.
    """

    name: dict[str, str]
    sample: bool
    goal: tuple[int, int]
    fewest: int
    surveillance: int
    renewal: int
    registry: str
    lang: str


@dataclass(frozen=True, slots=True)
class Application:
    """What an enterprise applied with.

    Attributes
    ----------
    name, code
        Its name in both languages and its unified social credit code.
    groups
        Export groups of the products that it applies for.
    applied
        Day of the application.
    """

    name: dict[str, str]
    code: str
    groups: tuple[str, ...]
    applied: dt.date


def settings(data: bytes, file: str = PROGRAMME) -> Settings:
    """Read ``programme.toml``.

    Raises
    ------
    ModelError, FindingsError
        Everything that is wrong with it.
    """
    root = read(data, file)
    root.choice("format", (FORMAT,))
    goal = root.section("goal")
    made = Settings(
        name=root.text("name"),
        sample=root.flag("sample", default=False),
        goal=(_whole(goal, "low"), _whole(goal, "high")),
        fewest=_whole(root, "fewest", least=2),
        surveillance=_whole(root, "surveillance_months"),
        renewal=_whole(root, "renewal_days"),
        registry=root.string("registry", "", FOLDER),
        lang=root.choice("lang", ("zh", "en"), "zh"),
    )
    goal.close()
    root.close()
    if made.goal[0] > made.goal[1]:
        goal.report("TOML-NUMBER", "low", saw=made.goal[0])
    return _sound(made, root.log)


def application(data: bytes, file: str, groups: Collection[str]) -> Application:
    """Read ``enterprise.toml``.

    Parameters
    ----------
    groups
        Ids of the export groups that there are.

    Raises
    ------
    ModelError, FindingsError
        Everything that is wrong with it.
    """
    root = read(data, file)
    root.choice("format", (FORM_FORMAT,))
    made = Application(
        name=root.text("name"),
        code=root.string("code", pattern=CREDIT_CODE),
        groups=root.strings("groups"),
        applied=_day(root, "applied"),
    )
    root.close()
    for name in made.groups:
        if name not in groups:
            root.report("TOML-CHOICE", "groups", saw=name, options=", ".join(groups))
    return _sound(made, root.log)


def _whole(section: Section, key: str, least: int = 1) -> int:
    value = section.number(key)
    if value.denominator != 1 or not least <= value <= MOST:
        section.report("TOML-NUMBER", key, saw=section.table.get(key, ""))
        return least
    return int(value)


def _day(section: Section, key: str) -> dt.date:
    told = section.string(key, pattern=DAY)
    try:
        return parse_day(told)
    except ValueError:
        section.log.append(finding("PROGRAMME-DAY", section.at(key), day=told))
        return dt.date.min


def _sound(made: T, log: list[Finding]) -> T:
    if log:
        raise FindingsError(*dict.fromkeys(log))
    return made
