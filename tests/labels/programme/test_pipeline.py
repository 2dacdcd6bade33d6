"""Where everybody stands, the calendar, the forecast, the report: derived, and never too much."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator, ValidationError
from openpyxl import load_workbook

from factors.errors import FindingsError
from factors.store import load
from factors.texts import LANGS
from labels.kinds import Kind
from labels.programme import published
from labels.programme.calendar import after, dates, next_surveillance
from labels.programme.figures import figures
from labels.programme.folder import Enterprise, Folder, Handed, folder
from labels.programme.forecast import forecast
from labels.programme.page import html_report, pdf_report
from labels.programme.pipeline import Pipeline, Step, pipeline, status_json
from labels.programme.records import Record, Work
from labels.programme.report import report
from labels.programme.reprice import reprice, reprice_json
from labels.programme.results import Result
from labels.programme.run import Run
from labels.programme.settings import Application
from labels.programme.tables import summary_workbook
from labels.registry.state import State
from lca import ruleset
from lca.example_study import example_study
from lca.footprint import compute
from lca.inventory import GATE
from lca.result import EXCLUDING
from tests.labels.programme.made import bare
from tests.lca.exchange.office import recalculated

DAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def base() -> dict[str, Any]:
    made = example_study("glass-bottle", load())
    assert made.footprint is not None
    return made.footprint.to_json()


def footprint_of(base: dict[str, Any], code: str, product: str = "P1") -> dict[str, Any]:
    told = {**base["product"], "id": product, "maker": {**base["product"]["maker"], "id": code}}
    return {**base, "product": told}


class Computed(Result):
    """A result whose footprint is at hand."""

    def __init__(self, slug: str, document: dict[str, Any] | None, kwh: float = 0.0) -> None:
        files = {} if document is None else {"footprint.json": ""}
        handed = Handed(slug, Path(f"{slug}/file.xlsx"))
        super().__init__(handed, Path(slug), {"files": files, "findings": []})
        works = {"id": "electricity", "unit": "kWh", "consumed": str(kwh)}
        site = {"name": {"zh": slug, "en": slug}}
        self.__dict__["footprint"] = document
        self.__dict__["ledger"] = {"sites": [site], "accounts": [works]}


def code_of(number: int) -> str:
    return f"00000000EXAMPLE{number:03d}"


def enterprise(number: int, *, files: bool = True) -> Enterprise:
    slug = f"example-{number:02d}"
    name = {"zh": f"示例{number}", "en": f"Example {number}"}
    form = Application(
        name, code_of(number), ("packaging-glass",), dt.date(2026, 1, number % 28 + 1)
    )
    return Enterprise(slug, form, (Handed(slug, Path("file.xlsx")),) if files else ())


def certificate(base: dict[str, Any], number: int, **changes: Any) -> Record:
    made = Record(
        serial=f"EX-{number}",
        kind=Kind.CERTIFICATE_OF_CONFORMITY,
        state=State.ISSUED,
        maker=code_of(number),
        product="P1",
        issued=dt.date(2026, 6, 1),
        until=dt.date(2027, 5, 31),
        footprint=footprint_of(base, code_of(number)),
    )
    return replace(made, **changes)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return folder(bare(tmp_path_factory.mktemp("stand") / "programme", {}))


def stand(
    found: Folder, results: list[Result], records: list[Record], works: tuple[Work, ...] = (),
    count: int = 1,
) -> Pipeline:  # fmt: skip
    several = tuple(enterprise(number) for number in range(1, count + 1))
    return pipeline(replace(found, enterprises=several), results, works, records, DAY)


def test_every_step_follows_from_what_lies_there(found: Folder, base: dict[str, Any]):
    own = Computed("example-01", footprint_of(base, code_of(1)))
    case = (Work("example-01", "P1", closed=False, open_findings=2),)
    issued = certificate(base, 1)
    soon = replace(issued, until=DAY + dt.timedelta(days=90))
    for results, records, works, step in (
        ([], [], (), Step.RECEIVED),
        ([Computed("example-01", None)], [], (), Step.CHECKED),
        ([own], [], (), Step.CALCULATED),
        ([own], [], case, Step.IN_VERIFICATION),
        ([own], [issued], (), Step.CERTIFIED),
        ([own], [issued], case, Step.CERTIFIED),
        ([own], [soon], (), Step.RENEWAL_DUE),
        ([own], [replace(issued, state=State.EXPIRED)], (), Step.LAPSED),
        ([own], [replace(issued, state=State.REVOKED)], (), Step.LAPSED),
        ([own], [replace(issued, state=State.SUSPENDED)], (), Step.LAPSED),
        ([own], [replace(issued, state=State.EXPIRED)], case, Step.IN_VERIFICATION),
        ([own], [replace(issued, kind=Kind.STUDY_REPORT)], (), Step.CALCULATED),
        ([own], [replace(issued, kind=Kind.VERIFICATION_STATEMENT)], (), Step.CALCULATED),
        ([own], [replace(issued, maker=code_of(2))], (), Step.CALCULATED),
    ):  # fmt: skip
        made = stand(found, list(results), list(records), works)
        assert made.standings[0].step == step
        assert bool(made.certified) == (step in (Step.CERTIFIED, Step.RENEWAL_DUE))
    alone = replace(found, enterprises=(enterprise(1, files=False),))
    assert pipeline(alone, [], [], [], DAY).standings[0].step == Step.APPLIED


def test_another_makers_product_counts_for_nobody(found: Folder, base: dict[str, Any]):
    other = Computed("example-01", footprint_of(base, code_of(2)))
    made = stand(found, [other], [])
    assert [one.code for one in made.findings] == ["PROGRAMME-MAKER"]
    assert made.standings[0].step == Step.RECEIVED


def test_a_maker_in_two_folders_without_applications_is_one(found: Folder, base: dict[str, Any]):
    several = tuple(replace(enterprise(number), application=None) for number in (1, 2, 3))
    results = [Computed(one.slug, footprint_of(base, code_of(min(number, 2))))
               for number, one in enumerate(several, start=1)]  # fmt: skip
    made = pipeline(replace(found, enterprises=several), results, (), (), DAY)
    assert [len(one.products) for one in made.standings] == [1, 1, 0]
    assert [one.code for one in made.findings] == ["PROGRAMME-TWICE"]
    assert made.findings[0].where.file == "example-03/file.xlsx"


def test_the_calendar_knows_surveillance_renewal_and_what_lapsed(
    found: Folder, base: dict[str, Any]
):
    late = certificate(base, 1, issued=dt.date(2024, 12, 1), until=dt.date(2027, 1, 15))
    gone = certificate(base, 2, state=State.SUSPENDED)
    made = stand(found, [], [late, gone], count=2)
    assert [(one.kind, one.day) for one in dates(made)] == [
        ("suspended", DAY),
        ("surveillance", dt.date(2026, 12, 1)),
        ("renewal", dt.date(2027, 1, 15)),
    ]


def test_days_of_surveillance():
    assert next_surveillance(dt.date(2026, 1, 31), dt.date(2026, 2, 1), 1) == dt.date(2026, 2, 28)
    assert after(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert next_surveillance(dt.date(2020, 5, 5), DAY, 12) == dt.date(2027, 5, 5)


def _poisson_days(rng: np.random.Generator, rate: float, days: int) -> list[dt.date]:
    return [DAY + dt.timedelta(days=day) for day in range(-200, days)
            for _ in range(rng.poisson(rate))]  # fmt: skip


def test_the_interval_holds_as_often_as_it_says():
    rng = np.random.default_rng(7)
    inside = narrow = tried = 0
    reached = 0.0
    for _ in range(400):
        days = _poisson_days(rng, 0.06, 91)
        known = [day for day in days if day <= DAY]
        made = forecast(known, DAY - dt.timedelta(days=200), DAY, 90, 1000, goal=len(known) + 6)
        if made is None:
            continue
        truth = len(days)
        tried += 1
        inside += made.low <= truth <= made.high
        narrow += abs(truth - made.middle) <= 1
        reached += (truth >= len(known) + 6) - made.chance
    assert abs(reached / tried) < 0.1, "the chance of the goal is as often right as it says"
    assert inside / tried >= 0.78
    assert narrow / tried < 0.5


def test_nothing_is_foreseen_of_little_and_never_more_than_applied():
    days = [DAY - dt.timedelta(days=back) for back in (10, 50, 90)]
    assert forecast(days[:2], dt.date(2026, 1, 1), DAY, 90, 10, 3) is None
    assert forecast(days, DAY - dt.timedelta(days=30), DAY, 90, 10, 3) is None
    made = forecast(days, dt.date(2026, 1, 1), DAY, 3650, 4, 8)
    assert made is not None and made.high <= len(days) + 4 and made.chance == 0
    again = forecast(days, dt.date(2026, 1, 1), DAY, 3650, 4, 3)
    assert again is not None and again.chance == 1


# --- the report -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reported(found: Folder, base: dict[str, Any]) -> dict[str, Any]:
    results: list[Result] = [
        Computed(f"example-{n:02d}", footprint_of(base, code_of(n)), 1e6 + n) for n in range(1, 7)
    ]
    records = [
        certificate(base, n, issued=dt.date(2026, 5 + n, 3), serial=f"EX-{n}") for n in range(1, 5)
    ]
    return report(stand(found, results, records, count=7))


def test_the_report_names_nobody(reported: dict[str, Any]):
    told = json.dumps(reported, ensure_ascii=False)
    assert "EX-1" not in told and "example-0" not in told and code_of(1) not in told
    assert reported["certified"] == 4
    assert reported["reached"]["applied"] == 7
    assert [one["count"] for one in reported["cumulative"]][-1] == 4


def test_electricity_of_two_firms_cannot_be_worked_out(reported: dict[str, Any]):
    rows = {row["group"]: row["values"] for row in reported["electricity"]["rows"]}
    work, done, whole = rows["packaging-glass"]
    assert (work["firms"], work["amount"]) == (2, None)
    assert whole["amount"] is None or done["amount"] is None


def test_the_next_report_cannot_be_subtracted_from_the_last(
    found: Folder, base: dict[str, Any], tmp_path: Path
):
    def look(count: int) -> Pipeline:
        results: list[Result] = [
            Computed(f"example-0{n}", footprint_of(base, code_of(n)), 1e6 * n)
            for n in range(1, count + 1)
        ]
        return stand(found, results, [], count=count)

    def whole(count: int) -> str | None:
        made = look(count)
        told = report(made, figures(made, published.before(tmp_path)))["electricity"]["rows"]
        amount: str | None = told[-1]["values"][-1]["amount"]
        return amount

    published.keep(tmp_path, DAY, figures(look(4)).published)
    assert whole(4) == "10000", "the same report may be published again"
    assert report(look(5))["electricity"]["rows"][-1]["values"][-1]["amount"] == "15000"
    assert whole(5) is whole(6) is None, "one or two firms more: the difference is theirs"
    assert whole(7) == "28000"
    place = published.keep(tmp_path, DAY, {})
    place.write_bytes(b'{"schema":"carbonlabel-programme-published/1","atoms":[],"totals":[3]}')
    with pytest.raises(FindingsError, match="PROGRAMME-PUBLISHED"):
        published.before(tmp_path)


def test_means_of_few_firms_are_withheld(found: Folder, base: dict[str, Any]):
    two: list[Result] = [Computed(f"example-0{n}", footprint_of(base, code_of(n))) for n in (1, 2)]
    made = report(stand(found, two, [], count=2))
    assert made["quality"]["primary_share"] is None
    assert not made["hot_spots"] and not made["dependencies"]
    assert all(one["share"] is None for one in made["co_pollutants"])


def test_a_figure_that_moved_is_counted(found: Folder, base: dict[str, Any]):
    moved = footprint_of(base, code_of(1))
    gate = {**moved["figures"]["cradle-to-gate"], "excluding_biogenic_co2": "1.2"}
    moved["figures"] = {**moved["figures"], "cradle-to-gate": gate}
    made = report(stand(found, [Computed("example-01", moved)], [certificate(base, 1)]))
    assert made["changed"] == {"compared": 1, "beyond": None}, "one firm alone would be told of"
    results: list[Result] = [Computed("example-01", moved)]
    results += [Computed(f"example-0{n}", footprint_of(base, code_of(n))) for n in (2, 3)]
    records = [certificate(base, n, serial=f"EX-{n}") for n in (1, 2, 3)]
    made = report(stand(found, results, records, count=3))
    assert made["changed"] == {"compared": 3, "beyond": 1}


class Tags(HTMLParser):
    """Every tag of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        del attrs
        self.tags.append(tag)


def test_pages_run_nothing_and_fetch_nothing(reported: dict[str, Any]):
    hostile = "<script>alert(1)</script><img src=x>"
    made = {**reported, "name": {"zh": hostile, "en": hostile}}
    page = html_report(made, "both").decode()
    seen = Tags()
    seen.feed(page)
    assert not {"script", "img", "link", "iframe"} & set(seen.tags)
    assert "default-src 'none'" in unescape(page)


def test_what_results_rest_on_is_told_in_words(reported: dict[str, Any]):
    nitrous = "biogenic_non_co2.N2O"
    gas = {"id": nitrous, "enterprises": 3, "products": 3, "share": "0.10"}
    page = html_report({**reported, "dependencies": [*reported["dependencies"], gas]}, "en")
    told = page.decode()
    assert all("name" in one for one in reported["dependencies"] if "." not in one["id"])
    assert "national average carbon footprint" in told and GRID not in told
    assert "N<sub>2</sub>O emitted directly" in told and nitrous not in told


def test_the_document_is_the_same_every_time(reported: dict[str, Any]):
    first = pdf_report(reported, "both")
    assert first.startswith(b"%PDF") and first == pdf_report(reported, "both")


def test_the_status_names_everybody(found: Folder, base: dict[str, Any]):
    made = status_json(stand(found, [], [certificate(base, 1)]))
    assert made["enterprises"][0]["products"][0]["serial"] == "EX-1"


# --- the summary workbook -------------------------------------------------------------------------


@pytest.fixture
def summary(found: Folder, base: dict[str, Any]) -> dict[str, bytes]:
    """The workbook of three enterprises: one certified, one with a faulty file, one waiting."""
    hostile = {"zh": "=1+1", "en": '=HYPERLINK("http://x")'}
    odd = footprint_of(base, code_of(1))
    odd["product"] = {**odd["product"], "name": hostile}
    results: list[Result] = [Computed("example-01", odd), Computed("example-02", None)]
    ends = certificate(base, 1, until=DAY + dt.timedelta(days=30), footprint=odd)
    made = stand(found, results, [ends], count=3)
    run = Run(made.found, tuple(results), 2, (), ())
    return {lang: summary_workbook(run, made, lang) for lang in LANGS}


@pytest.mark.needs("soffice")
def test_the_summary_is_typed_and_an_office_reads_the_same(
    summary: dict[str, bytes], tmp_path: Path
):
    read = {lang: load_workbook(BytesIO(data)) for lang, data in summary.items()}
    office = recalculated(tmp_path, summary)
    for lang, book in read.items():
        assert [len(page.title) > 1 for page in book] == [True] * 5
        assert {page.freeze_panes for page in book} == {"A6"}
        cells = [cell for page in book for row in page.iter_rows() for cell in row]
        assert not [cell.value for cell in cells if cell.data_type == "f"]
        for number, page in enumerate(book):
            there = office[lang].worksheets[number].iter_rows(values_only=True)
            assert [row[:7] for row in there] == [
                row[:7] for row in page.iter_rows(values_only=True)
            ]
    files, _, _, steps, calendar = read["en"].worksheets
    assert [files["E5"].value, files["F5"].value] == ["Figure, kg CO2e", "Declared unit"]
    assert isinstance(files["E6"].value, float | int) and files["D6"].value.startswith("=")
    until = dt.datetime.combine(DAY + dt.timedelta(days=30), dt.time())
    assert [steps["F6"].value, steps["G6"].value] == [until, 30]
    assert calendar["A6"].value == until and calendar["A6"].number_format == "yyyy-mm-dd"


SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"


def checked(name: str, document: dict[str, Any]) -> None:
    schema = json.loads((SCHEMAS / f"programme-{name}-1.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)


def test_documents_are_as_their_schemas_say(
    found: Folder, base: dict[str, Any], reported: dict[str, Any]
):
    checked("report", reported)
    checked("status", status_json(stand(found, [], [certificate(base, 1)])))
    checked("reprice", reprice_json(reprice([certificate(base, 1)], load(), {}), {}, ""))
    with pytest.raises(ValidationError):
        checked("report", {**reported, "serial": "EX-1"})


# --- another factor -------------------------------------------------------------------------------

GRID = "electricity-cn-footprint-2024"
OTHER = "electricity-cn-footprint-2023"


def test_a_new_grid_factor_moves_what_rests_on_it(base: dict[str, Any]):
    factors = load()
    same = reprice([certificate(base, 1)], factors, {})
    assert all(one.change == 0 and not one.beyond for one in same)
    moved = {one.boundary: one for one in reprice([certificate(base, 1)], factors, {GRID: OTHER})}
    kwh = [line for line in base["lines"] if (line["factor"] or {}).get("id") == GRID]
    assert kwh, "the example rests on the grid"
    assert all(one.change > 0 for one in moved.values())


@pytest.mark.parametrize("model", ["refrigerator", "glass-bottle", "beer"])
def test_repriced_is_what_a_whole_recomputation_gives(model: str):
    """Under another grid factor, and under another GWP set; gases whose value is lent, too."""
    factors, made = load(), example_study(model, load())
    assert made.footprint is not None and made.system is not None
    document = made.footprint.to_json()
    record = replace(certificate(document, 1), footprint=document)
    swapped = replace(factors, factors={**factors.factors,
                                        GRID: replace(factors.get(OTHER), id=GRID)})  # fmt: skip
    rules = ruleset.load(str(document["ruleset"]["id"]))
    other = replace(rules, gwp_set="AR5-100")
    for again, moved in (
        (compute(made.system, swapped, rules), reprice([record], factors, {GRID: OTHER})),
        (compute(made.system, factors, other), reprice([record], factors, {}, "AR5-100")),
    ):
        told = again.to_json()
        assert moved and any(one.change for one in moved)
        for one in moved:
            headline = EXCLUDING if one.boundary == GATE else told["headline"]
            assert one.new == pytest.approx(
                float(told["figures"][one.boundary][headline]), rel=1e-9, abs=0
            )


def test_another_gwp_set_moves_what_is_known_by_gas(base: dict[str, Any]):
    moved = reprice([certificate(base, 1)], load(), {}, "AR5-100")
    assert any(one.change != 0 for one in moved)
    assert all(abs(one.change) < 0.1 for one in moved)
