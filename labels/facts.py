"""Facts of the study report: rows of key and value read from the sealed body.

Together with :mod:`labels.page` the only place that knows the body's keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from labels.figures import NO_BREAK, rounded, shown
from labels.page import GATE, STAGES, WHOLE_LIFE, Page, StageView, gwp_shares, share
from labels.view import DocumentView
from labels.wordpair import Pair, Words

HEADLINES = ("excluding_biogenic_co2", "including_biogenic_co2")
COUNTED_PARTS = (
    "fossil",
    "biogenic_non_co2",
    "land_use_change",
    "aircraft",
    "unspecified",
)
#: Below this, a value of the sealed copy is spelt as a power of ten, with raised digits.
SMALL = Decimal("0.0001")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
BIOGENIC_PARTS = ("biogenic_co2_emission", "biogenic_co2_removal")


@dataclass(frozen=True, slots=True)
class Row:
    """A key and the wordings beside it."""

    key: Pair
    values: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of figures; ``total`` rows are printed bold over a rule."""

    key: Pair
    cells: tuple[str, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class LineRow:
    """One inventory line of the sealed copy; ``counted`` when its result is part of the figure."""

    id: str
    name: Pair
    amount: str
    factor: str
    release: str
    value: str
    basis: Pair | None
    counted: bool
    biogenic: tuple[tuple[Pair, str], ...]


@dataclass(frozen=True, slots=True)
class LineGroup:
    """The lines of one stage, or of stages shown together; no stage for lines outside all."""

    stage: StageView | None
    lines: tuple[LineRow, ...]


@dataclass(frozen=True, slots=True)
class HashRow:
    """What is hashed, its name, and the hash in groups of four."""

    key: Pair
    name: str
    groups: str


def totals(page: Page) -> list[TableRow]:
    """Both totals of the figure in the bracket."""
    values = _figures(page)[page.declared]
    return [_figure_row(page, f"report.{name}", values[name]) for name in HEADLINES]


def electricity(page: Page) -> list[TableRow]:
    """Return the headline total under both ways of counting electricity."""
    both, name = page.body["electricity"], page.headline
    ways = [way for way in ("location", "market") if name in both[way]]
    return [_figure_row(page, f"report.{way}", both[way][name]) for way in ways]


def key_figures(page: Page) -> list[tuple[Pair, Pair]]:
    """Return the four figures that say how far the declared figure can be trusted."""
    words, quality = page.words, _quality_of(page, page.declared)
    uncertainty = (page.body.get("uncertainty") or {}).get("relative_standard")
    unknown = words.text("report.unknown")
    spread = unknown if uncertainty is None else words.plain(share(uncertainty))
    grade = words.text(f"report.grade_{page.body['grade']['value']}")
    return [
        (words.plain(share(quality["primary_activity_share"])), words.text("report.key_primary")),
        (words.plain(share(quality["proxy_share"])), words.text("report.key_proxy")),
        (spread, words.text("report.key_uncertainty")),
        (grade, words.text("report.key_grade")),
    ]


def quality_table(page: Page) -> list[TableRow]:
    """Return the shares of every disclosed figure that rest on each kind of data and GWP basis."""
    every = [_quality_of(page, name) for name in _names(page)]
    bases = [gwp_shares(page.body, name) for name in _names(page)]
    rows = [
        TableRow(page.words.text(f"report.quality_{name}"), tuple(share(q[key]) for q in every))
        for name, key in _QUALITY.items()
    ]
    rows.extend(
        TableRow(_gwp_row(name, page.words), tuple(share(b.get(name, "0")) for b in bases))
        for name in sorted({name for shares in bases for name in shares}, reverse=True)
    )
    return rows


def quality_shares(page: Page) -> list[tuple[Pair, list[tuple[float, str]]]]:
    """Return the shares of data of every disclosed figure: as numbers and as printed."""
    every = [_quality_of(page, name) for name in _names(page)]
    return [
        (
            page.words.text(f"report.quality_{name}"),
            [(float(one[key]), share(one[key])) for one in every],
        )
        for name, key in _QUALITY.items()
    ]


_QUALITY = {
    "primary": "primary_activity_share",
    "proxy": "proxy_share",
    "weak": "weak_share",
    "recalled": "recalled_share",
}


def _quality_of(page: Page, name: str) -> Mapping[str, str]:
    """Return the quality shares of one figure; a body without them apart gives the strictest."""
    quality = page.body["data_quality"]
    chosen: Mapping[str, str] = quality.get("by_figure", {}).get(name, quality)
    return chosen


def _gwp_row(name: str, words: Words) -> Pair:
    if name == "not-stated":
        return words.text("report.gwp_basis_not-stated")
    return words.text("report.gwp_basis", name=name.partition("-")[0])


def product_rows(page: Page) -> list[Row]:
    """Return what was assessed, where and when; product and maker stand in the title."""
    words, product = page.words, page.body["product"]
    rows = [
        ("model", (words.plain(page.model),)),
        ("gtin", (words.plain(str(product["gtin"])),) if product.get("gtin") else ()),
        ("maker_id", (words.plain(str(product["maker"]["id"])),)),
        ("site", tuple(_sites(product.get("sites") or (), words))),
        ("unit", tuple(_unit(page))),
        ("period", (words.plain(page.period_days),)),
    ]
    return [Row(words.text(f"report.{key}"), values) for key, values in rows if values]


def method_rows(page: Page) -> list[Row]:
    """Return rules, GWP basis, carbon content, and who reports when."""
    words, body = page.words, page.body
    unit = str(body["carbon_content"]["unit"])
    rows: list[tuple[str, tuple[Pair, ...]]] = [
        ("rules", tuple(_rules(page))),
        ("gwp", (gwp_line(gwp_shares(body, page.declared), words),)),
        ("carbon", tuple(_carbon(body["carbon_content"], words))),
        ("issuer", (words.listed(words.of(body["issuer"]["name"]), words.plain(page.issued)),)),
        ("preparer", tuple(words.plain(str(a["person"])) for a in body["approvers"])),
    ]
    return [Row(words.text(f"report.{key}", unit=unit), values) for key, values in rows]


def limit_rows(page: Page) -> list[Row]:
    """Return what is left out and how burdens were shared, in the words of the study."""
    words, body = page.words, page.body
    return [
        Row(words.text(f"report.{key}"), _listed(body[key], words))
        for key in ("exclusions", "allocation")
    ]


def parts_table(page: Page) -> tuple[list[Pair], list[TableRow]]:
    """Return the columns (disclosed figures) and the rows (parts and both totals)."""
    names = _names(page)
    columns = [page.words.text(f"report.figure_{name}") for name in names]
    chosen = [_figures(page)[name] for name in names]
    rows = [_part_row(page, part, chosen) for part in COUNTED_PARTS]
    rows.append(_total_row(page, HEADLINES[0], chosen))
    rows.extend(_part_row(page, part, chosen) for part in BIOGENIC_PARTS)
    rows.append(_total_row(page, HEADLINES[1], chosen))
    return columns, rows


def changes(page: Page) -> list[TableRow]:
    """Return what ten per cent more of each stage does to the figure, which is linear in it."""
    tenth = Decimal("0.1")
    stages = (*page.stages, *(page.later if page.whole else ()))
    return [
        TableRow(stage.short, (page.scale.part(stage.value * tenth), stage.share))
        for stage in stages
    ]


def methods(page: Page) -> list[TableRow]:
    """Return the figure by way of counting electricity (rows) and by total (columns)."""
    both = page.body["electricity"]
    return [
        TableRow(
            page.words.text(f"report.{way}"),
            tuple(
                page.scale.total(Decimal(both[way][name])) if name in both[way] else "\N{EN DASH}"
                for name in HEADLINES
            ),
            total=way == both["approach"],
        )
        for way in ("location", "market")
    ]


def line_groups(page: Page, view: DocumentView) -> list[LineGroup]:
    """Return the opened lines of the sealed copy by stage; none in the public copy."""
    found: dict[str, list[LineRow]] = {}
    for opened in view.disclosures or ():
        number = str(STAGES.index(opened["line"]["stage"]) + 1)
        found.setdefault(number, []).append(_line_row(page, opened["line"]))
    groups = []
    for stage in (*page.stages, *page.later):
        rows = [row for number in stage.number.split("+") for row in found.pop(number, ())]
        groups.append(LineGroup(stage, tuple(rows)))
    rest = tuple(row for rows in found.values() for row in rows)
    return [group for group in (*groups, LineGroup(None, rest)) if group.lines]


def hash_rows(page: Page) -> list[HashRow]:
    """Return the lock: hashes of everything the result rests on."""
    words, lock = page.words, page.body["lock"]
    model, rules = lock["model"], lock["ruleset"]
    rows = [
        ("body", "certificate.json", page.digest),
        ("model", f"{model['id']} {model['version']}", model["sha256"]),
        ("ruleset", f"{rules['id']} {rules['edition']}", rules["sha256"]),
        *(("release", entry["release"], entry["sha256"]) for entry in lock["factors"]),
        ("factor_set", "", lock["factor_set"]),
        ("gwp", str(page.body["gwp"]["set"]), lock["gwp"]),
        ("system", "", lock["system"]),
    ]
    if lock.get("workbook"):
        rows.append(("workbook", "", lock["workbook"]["sha256"]))
    return [HashRow(words.text(f"report.lock_{k}"), name, grouped(h)) for k, name, h in rows]


def software(page: Page) -> str:
    """Name the programs and versions."""
    return ", ".join(f"{name} {version}" for name, version in page.body["lock"]["software"].items())


def engines(page: Page) -> Pair:
    """Say which program gave the number of record and which checked it."""
    used = page.body["engines"]
    return page.words.text(
        "report.engines_value",
        record=used["of_record"],
        check=used["cross_check"],
        gap=gap(page),
    )


def gap(page: Page) -> str:
    """Spell how far the two programs differ: two digits and a power of ten."""
    stated = Decimal(page.body["engines"]["relative_gap"])
    return _power(stated, 2) if stated else "0"


def commitment_rows(page: Page, view: DocumentView) -> list[HashRow]:
    """Return the Merkle root over the lines, the registration and the keys that approve."""
    words, receipt = page.words, view.receipt
    root = page.body["commitments"]["root"]
    lines = words.text("report.commitments_lines", count=line_count(page)).first
    rows = [HashRow(words.text("report.commitments_root"), lines, grouped(root))]
    if receipt:
        key = words.text("report.receipt_serial", index=str(receipt["index"]))
        rows.append(HashRow(key, page.serial, ""))
    for approver in page.body["approvers"]:
        key = words.text(f"report.approver_{approver['role']}")
        rows.append(HashRow(key, str(approver["person"]), str(approver["kid"])))
    return rows


def checkpoint_lines(view: DocumentView) -> list[str]:
    """Return the signed note of the log, line by line."""
    note = str((view.receipt or {}).get("checkpoint", ""))
    return [line for line in note.splitlines() if line.strip()]


def line_count(page: Page) -> int:
    """Return how many lines the body commits to."""
    return len(page.body["commitments"]["leaves"])


def grouped(text: str) -> str:
    """Put a hash into groups of four."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _names(page: Page) -> list[str]:
    return [name for name in (GATE, WHOLE_LIFE) if name in _figures(page)]


def _figures(page: Page) -> Mapping[str, Any]:
    figures: Mapping[str, Any] = page.body["figures"]
    return figures


def _figure_row(page: Page, key: str, value: str) -> TableRow:
    return TableRow(page.words.text(key), (page.scale.total(Decimal(value)),))


def _part_row(page: Page, part: str, chosen: Sequence[Mapping[str, Any]]) -> TableRow:
    cells = tuple(page.scale.part(Decimal(figure["parts"][part])) for figure in chosen)
    return TableRow(page.words.text(f"report.part_{part}"), cells)


def _total_row(page: Page, name: str, chosen: Sequence[Mapping[str, Any]]) -> TableRow:
    cells = tuple(page.scale.total(Decimal(figure[name])) for figure in chosen)
    return TableRow(page.words.text(f"report.total_{name}"), cells, total=True)


def _line_row(page: Page, line: Mapping[str, Any]) -> LineRow:
    words, basis = page.words, line["basis"]
    return LineRow(
        id=str(line["id"]),
        name=words.of(line["name"]),
        amount=f"{_three(Decimal(line['amount']))} {line['unit']}",
        factor=str(line["factor"]["id"]),
        release=str(line["factor"]["release"]),
        value=_result(page, line["value"]),
        basis=None if basis == "both" else words.text(f"report.line_basis_{basis}"),
        counted=basis in ("both", page.body["electricity"]["approach"]),
        biogenic=tuple(
            (words.text(f"report.part_{part}"), _result(page, line["parts"][part]))
            for part in BIOGENIC_PARTS
            if Decimal(line["parts"].get(part, "0"))
        ),
    )


def _result(page: Page, kilograms: str) -> str:
    return _three(page.scale.unit.of(Decimal(kilograms)))


def _three(value: Decimal) -> str:
    """Spell a value to three digits, a very small one as a power of ten."""
    if not value or abs(value) >= SMALL:
        return shown(value, 3)
    return _power(value, 3)


def _power(value: Decimal, digits: int) -> str:
    exponent = rounded(value, digits).adjusted()
    power = str(exponent).translate(RAISED)
    return f"{shown(value.scaleb(-exponent), digits)}{NO_BREAK}×{NO_BREAK}10{power}"


def _sites(sites: Sequence[Mapping[str, Any]], words: Words) -> Iterator[Pair]:
    for site in sites:
        name, address = words.of(site["name"]), words.of(site.get("address") or {})
        yield words.listed(name, address)


def _unit(page: Page) -> Iterator[Pair]:
    words, unit = page.words, page.body["declared_unit"]
    amount = words.plain(f"{unit['amount']} {unit['unit']}")
    mass = (
        words.text("report.mass", mass=_measured(str(unit["mass"]))) if unit.get("mass") else None
    )
    yield words.listed(amount, mass) if mass else amount
    for sales in unit.get("sales_units") or ():
        name = words.of(sales["name"])
        factor, symbol = str(sales["factor"]), str(unit["unit"])
        yield words.text("report.sales_unit", name=name, factor=factor, unit=symbol)


def _measured(text: str) -> str:
    """Spell an amount with its unit, "1.0137 kg", to three digits."""
    number, _, symbol = text.partition(" ")
    return f"{shown(Decimal(number), 3)} {symbol}"


def _rules(page: Page) -> Iterator[Pair]:
    ruleset = page.body["ruleset"]
    title = page.rules[0]
    if title.first != ruleset["id"]:
        yield title
    yield page.words.text(
        "report.rules_edition", id=str(ruleset["id"]), edition=str(ruleset["edition"])
    )


def _listed(entries: Sequence[Mapping[str, str]], words: Words) -> tuple[Pair, ...]:
    return tuple(words.of(entry) for entry in entries) or (words.text("report.none_named"),)


def gwp_line(shares: Mapping[str, str], words: Words) -> Pair:
    """List every basis with its share, the largest first."""
    ordered = sorted(shares.items(), key=lambda item: (-Decimal(item[1]), item[0]))
    named = [(_gwp_name(name, words), share(part)) for name, part in ordered]
    first = [f"{name.first} {part}" for name, part in named]
    second = [f"{name.second or name.first} {part}" for name, part in named]
    tag = words.langs[0]
    joined = ("，" if tag == "zh" else ", ").join(first)
    if len(words.langs) == 1 or not any(name.second for name, _ in named):
        return Pair(joined)
    return Pair(joined, ", ".join(second), "zh-CN", "en")


def _gwp_name(name: str, words: Words) -> Pair:
    if name == "not-stated":
        return words.text("report.gwp_not-stated")
    return words.plain(name.partition("-")[0])


def _carbon(content: Mapping[str, Any], words: Words) -> Iterator[Pair]:
    for place in ("product", "packaging"):
        given = content[place]
        values = {
            kind: shown(Decimal(given[kind]), 3) if kind in given else "\N{EN DASH}"
            for kind in ("biogenic", "fossil")
        }
        yield words.text(f"report.carbon_{place}", **values)
