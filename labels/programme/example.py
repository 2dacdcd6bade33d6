"""A programme to try it with: plainly fictitious enterprises with varied workbooks, some faulty.

The same number and seed give the same programme. Amounts are those of the shipped examples of the
models, brought to another size of works and moved a few per cent each.
"""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from labels.programme.blemishes import BLEMISHES
from labels.programme.folder import ENTERPRISES
from labels.programme.settings import FORM, PROGRAMME
from lca import model as product_model
from lca.examples import examples, filled
from lca.export_groups import groups
from lca.workbook.write import workbook

SIZES = (0.4, 2.5)
"""Works between these times the size of the example's."""

SPREAD = 0.03
"""How far each account is moved, either way."""

SUB_METER = "sub-meter"
"""Kind of key whose values are read off meters: with its accounts they are left as they are."""

AMOUNTS = ("opening", "closing", "returned", "control_total", "whole")
SETTINGS = """\
# 示例项目：企业和数字均为虚构。 An example programme: enterprises and numbers are made up.
format = "carbonlabel-programme/1"
sample = true
name = { zh = "示例市产品碳标签项目", en = "Example City product carbon label programme" }
goal = { low = "30", high = "50" }
fewest = "3"
surveillance_months = "12"
renewal_days = "90"
registry = "registry"
lang = "zh"
"""


@dataclass(frozen=True, slots=True)
class Firm:
    """A fictitious enterprise.

    Attributes
    ----------
    number
        From 1; everything about it follows from that and the seed.
    model
        Model of its products.
    files
        Name of each workbook to what is filled in.
    blemish
        Kind of fault of its file; empty for none.
    """

    number: int
    model: str
    applied: str
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    blemish: str = ""
    certifiable: bool = False

    @property
    def slug(self) -> str:
        """Name of its folder."""
        return f"example-{self.number:02d}"

    @property
    def name(self) -> dict[str, str]:
        """Its name, which nobody could take for a real one."""
        product = product_model.load(self.model).name
        return {
            "zh": f"示例{product['zh']}第{self.number:02d}有限公司",
            "en": f"Example {product['en']} No. {self.number:02d} Co., Ltd.",
        }

    @property
    def code(self) -> str:
        """A credit code that no register gives out."""
        return f"00000000EXAMPLE{self.number + 100:03d}"

    @property
    def group(self) -> str:
        """Its export group."""
        return next(group.id for group in groups() if self.model in group.models)


def firms(count: int, seed: int = 0) -> tuple[Firm, ...]:
    """Return fictitious enterprises: every model in turn, every fifth or so with a faulty file.

    The last tenth has applied and handed nothing in; every seventh makes two families, every
    eleventh works at two sites, a workbook for each.
    """
    models = examples()
    return tuple(_firm(number, models[(number - 1) % len(models)], count, seed)
                 for number in range(1, count + 1))  # fmt: skip


def write(root: Path, several: tuple[Firm, ...], workers: int = 1) -> None:
    """Write the programme's folder, with several processes where that is worth it.

    Raises
    ------
    OSError
        When the folder cannot be written, or there is one with enterprises already.
    """
    root.mkdir(parents=True, exist_ok=True)
    (root / ENTERPRISES).mkdir()
    (root / PROGRAMME).write_text(SETTINGS, encoding="utf-8")
    if workers == 1:
        for firm in several:
            write_firm(root, firm)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        list(pool.map(partial(write_firm, root), several))


def write_firm(root: Path, firm: Firm) -> None:
    """Write the folder of one enterprise."""
    place = root / ENTERPRISES / firm.slug
    place.mkdir(exist_ok=True)
    (place / FORM).write_text(_form(firm), encoding="utf-8")
    for name, content in firm.files.items():
        data = workbook(product_model.load(firm.model), "zh", dict(content))
        if firm.blemish:
            BLEMISHES[firm.blemish](place, name, data)
        else:
            (place / name).write_bytes(data)


def _form(firm: Firm) -> str:
    return (
        'format = "carbonlabel-enterprise/1"\n'
        f'name = {{ zh = "{firm.name["zh"]}", en = "{firm.name["en"]}" }}\n'
        f'code = "{firm.code}"\ngroups = ["{firm.group}"]\napplied = "{firm.applied}"\n'
    )


def _firm(number: int, model: str, count: int, seed: int) -> Firm:
    # The draws make fictitious amounts; nothing secret hangs on them.
    rng = random.Random(f"{seed}/{number}")  # noqa: S311
    month, day = 1 + (number * 7) % 9, 1 + rng.randrange(28)
    kinds = tuple(BLEMISHES)
    waits = number > count - count // 10
    faulty = number % 3 == 0 and not waits
    firm = Firm(
        number,
        model,
        applied=f"2026-{month:02d}-{day:02d}",
        blemish=kinds[(number // 3 - 1) % len(kinds)] if faulty else "",
        certifiable=model in examples(certifiable=True),
    )
    return firm if waits else replace(firm, files=dict(_files(firm, rng)))


def _files(firm: Firm, rng: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    base = filled(firm.model, certifiable=firm.certifiable)
    first = varied(base, firm, rng)
    yield f"{first['cover']['subject']}.xlsx", first
    others = [one["family"] for one in base["family"] if one["family"] != base["cover"]["subject"]]
    if firm.number % 7 == 0 and others and not firm.blemish:
        yield f"{others[0]}.xlsx", {**first, "cover": {**first["cover"], "subject": others[0]}}
    if firm.number % 11 == 0 and not firm.blemish:
        second = varied(base, firm, rng)
        yield f"{first['cover']['subject']} site 2.xlsx", _elsewhere(second)


def varied(base: Mapping[str, Any], firm: Firm, rng: random.Random) -> dict[str, Any]:
    """Return an example as another maker would fill it in."""
    low, high = SIZES
    size = Decimal(f"{low + (high - low) * rng.random():.3f}")
    keys = {key["key"]: key for key in base.get("key", ()) if key["kind"] == SUB_METER}
    moved = {name: Decimal(1) for name in keys}
    return {
        **base,
        "cover": {**base["cover"], **_maker(firm)},
        "family": [_grown(one, size, ("output", "rejects")) for one in base["family"]],
        "account": [
            _grown(one, size * moved.get(one.get("key", ""), _near(rng)), ("months", *AMOUNTS))
            for one in base.get("account", ())
        ],
        "key": [
            _grown(one, size, ("values",)) if one["key"] in keys else one
            for one in base.get("key", ())
        ],
        "instrument": [
            _grown(one, size * _LESS, ("amount",)) for one in base.get("instrument", ())
        ],
    }


_LESS = Decimal("0.9")


def _near(rng: random.Random) -> Decimal:
    return Decimal(f"{1 + rng.uniform(-SPREAD, SPREAD):.4f}")


def _maker(firm: Firm) -> dict[str, str]:
    return {
        "maker_name_zh": firm.name["zh"],
        "maker_name_en": firm.name["en"],
        "maker_id": firm.code,
    }


def _elsewhere(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a workbook of a second works."""
    sites = [
        {
            **site,
            "name": {
                "zh": f"{site['name']['zh']}（二厂）",
                "en": f"{site['name']['en']}, second works",
            },
        }
        for site in content["site"]
    ]
    return {**content, "site": sites}


def _grown(row: Mapping[str, Any], times: Decimal, names: tuple[str, ...]) -> dict[str, Any]:
    return {key: _times(value, times) if key in names else value for key, value in row.items()}


def _times(value: Any, times: Decimal) -> Any:
    if isinstance(value, list):
        return [_times(one, times) for one in value]
    if isinstance(value, dict):
        return {key: _times(one, times) for key, one in value.items()}
    if value in ("", None):
        return value
    return f"{(Decimal(str(value)) * times).normalize():f}"
