"""The page of licences is current and complete, and nothing ships that may not be passed on."""

from __future__ import annotations

import tomllib
from email.message import Message
from pathlib import Path

import pytest

from factors import licence_page
from factors.factor import LicenceClass
from factors.licence_page import libraries, licence_of, page, sources

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGE = ROOT / "docs" / "reference" / "licences.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(PROJECT), (
        "renew it: python -m factors.licence_page pyproject.toml docs/reference/licences.md"
    )


def test_every_release_is_on_it_once() -> None:
    folders = {path.parent for path in (ROOT / "factors" / "data").glob("*/*/source.toml")}
    told = page(PROJECT)
    assert len(dict(sources())) == len(folders)
    for folder in folders:
        assert told.count(f"| `{folder.parent.name}/{folder.name}` |") == 1


def test_everything_that_ships_may_be_passed_on() -> None:
    for name, record in sources():
        assert record["redistributable"], name
        assert record["licence_class"] != LicenceClass.UNCLEAR, name
        assert record["licence"].strip() and record["publisher"].strip(), name


def test_every_library_of_the_project_is_on_it() -> None:
    extras = PROJECT["optional-dependencies"]
    asked = [*PROJECT["dependencies"], *(one for extra in extras.values() for one in extra)]
    assert len(list(libraries(PROJECT))) == len(asked)
    assert {extra for _, extra in libraries(PROJECT)} == {"", *extras}


def test_every_library_states_its_licence() -> None:
    for name, _ in libraries(PROJECT):
        assert licence_of(name) != "not stated", name


def test_a_licence_that_is_a_whole_text_is_told_by_its_class(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = Message()
    told["License"] = "Permission is hereby granted, free of charge, to any person " * 9
    told["Classifier"] = "License :: OSI Approved :: MIT License"
    monkeypatch.setattr(licence_page, "metadata", lambda _: told)
    assert licence_of("any") == "MIT License"
    del told["Classifier"]
    assert licence_of("any") == "not stated"
