"""The unit firewall: every listed spelling, every refusal, exact scales, no other way to pint."""

import subprocess
import sys
from fractions import Fraction
from typing import Any

import pint
import pytest

from factors.allowlist import allow_list, normal, read
from factors.errors import UnitError
from factors.findings import Finding, Where
from factors.units import Unit, unit

SAME = {
    "kWh": "千瓦时 度 KWH kwh kW.h ｋＷｈ 千瓦小时 kw-h",
    "万kWh": "万千瓦时 万度 10000kWh 10^4kWh",
    "MWh": "兆瓦时 mwh",
    "kg": "公斤 千克 KG Kg ㎏ kgs",
    "t": "吨 公吨 tonne metric\u00a0ton",
    "g": "克",
    "斤": "市斤",
    "MJ": "兆焦 mj",
    "GJ": "吉焦 百万千焦",
    "GJ(LHV)": "GJ（LHV） GJ(NCV) 吉焦（低位） GJLHV",
    "MJ(HHV)": "MJ(GCV) 兆焦（高位）",
    "m3": "m³ ㎥ m^3 m**3 立方米 M3 cbm",
    "Nm3": "Nm³ NM3 nm3 标准立方米 标方",
    "万Nm3": "万标准立方米 万Nm³",
    "L": "l ℓ 升 litre liter",
    "kL": "千升 KL",
    "hL": "百升 hl HL",
    "mL": "毫升 ml",
    "t·km": "tkm t*km t⋅km t×km 吨公里 吨·公里 吨千米 t-km TKM",
    "万t·km": "万吨公里",
    "km": "公里 千米 ㎞ KM",
    "nmi": "海里",
    "kgce(当量)": "kgce（当量） 千克标准煤(当量值) kgce(calorific)",
    "tce(等价)": "吨标准煤（等价值） tce(primary)",
    "TEU": "teu 标箱",
    "TEU·km": "TEUkm TEU公里",
    "item": "件 个 pcs PCS",
    "machine": "台",
    "strip": "条",
    "bottle": "瓶",
    "万bottle": "万瓶",
    "case": "箱",
    "CNY": "元 RMB 人民币 cny",
    "万CNY": "万元",
    "EUR": "欧元 €",
    "USD": "美元 US$",
    "kg C": "kgC 千克碳",
    "kg CO2e": "kgCO2e kgCO₂e kgCO2eq kgCO2-eq KGCO2E 千克二氧化碳当量 公斤CO2e kgCO₂当量",
    "t CO2e": "tCO2e 吨二氧化碳当量",
    "g CO2e": "gCO2eq 克CO2e",
    "h": "小时",
    "d": "天",
    "month": "月 Month MONTH",
    "min": "Min MIN 分钟",
    "year": "a 年 yr",
    "%": "％ percent",
    "1": "１",
    "m2": "㎡ 平方米",
    "100 km": "百公里 100km",
    "kg CO2e/(t·km)": "kgCO2e/(t·km) kgCO2e/tkm kgCO2e／（吨·公里） 千克CO2e/吨公里 kgCO2e/(km*t)",
    "CNY/kWh": "元/度 元／千瓦时",
}


@pytest.mark.parametrize(
    ("symbol", "spelling"), [(key, one) for key, row in SAME.items() for one in row.split(" ")]
)
def test_one_unit_has_many_spellings(symbol: str, spelling: str):
    assert unit(spelling) == unit(symbol)
    assert unit(spelling).symbol == symbol


def test_blanks_do_not_matter():
    assert unit(" kg\u3000CO2e / ( t · km )\n") == unit("kgCO2e/(t·km)")


def test_the_list_is_long_enough_and_every_entry_can_be_reached():
    written = [entry for entry in allow_list().entries if not entry.word]
    assert len(written) >= 120
    assert sum(len(entry.spellings) for entry in written) >= 180
    for entry in allow_list().entries:
        assert {unit(spelling) for spelling in entry.spellings} == {unit(entry.symbol)}


def test_every_choice_offered_for_a_refused_spelling_is_itself_a_unit():
    for spelling, choices in allow_list().refused.items():
        assert choices
        for choice in choices:
            assert unit(choice).symbol, spelling


EXACT = {
    ("kWh", "MJ"): Fraction(18, 5),
    ("万kWh", "MWh"): Fraction(10),
    ("t", "kg"): Fraction(1000),
    ("斤", "kg"): Fraction(1, 2),
    ("lb", "kg"): Fraction("0.45359237"),
    ("ton(US)", "lb"): Fraction(2000),
    ("ton(UK)", "lb"): Fraction(2240),
    ("oz(av)", "lb"): Fraction(1, 16),
    ("gal(UK)", "L"): Fraction("4.54609"),
    ("bbl(oil)", "gal(US)"): Fraction(42),
    ("kL", "hL"): Fraction(10),
    ("亩", "m2"): Fraction(2000, 3),
    ("ha", "亩"): Fraction(15),
    ("nmi", "m"): Fraction(1852),
    ("kgce(当量)", "MJ(LHV)"): Fraction("29.3076"),
    ("tce(当量)", "kgce(当量)"): Fraction(1000),
    ("toe", "GJ(LHV)"): Fraction("41.868"),
    ("kcal(IT)", "kJ"): Fraction("4.1868"),
    ("MW", "kW"): Fraction(1000),
    ("kW·h", "kWh"): Fraction(1),
    ("N·km", "kJ"): Fraction(1),
    ("year", "month"): Fraction(12),
    ("d", "min"): Fraction(1440),
    ("%", "1"): Fraction(1, 100),
    ("FEU", "TEU"): Fraction(2),
    ("g CO2e/(t·km)", "kg CO2e/(kg·km)"): Fraction(1, 10**6),
    ("kg CO2e/kWh", "t CO2e/MWh"): Fraction(1),
}


@pytest.mark.parametrize(("here", "there"), EXACT)
def test_scales_are_exact(here: str, there: str):
    assert unit(here).factor_to(unit(there)) == EXACT[here, there]


UNLIKE = [
    ("kg", "kg CO2e"),
    ("kg", "kg C"),
    ("kg C", "kg CO2e"),
    ("m3", "Nm3"),
    ("MJ", "MJ(LHV)"),
    ("MJ(LHV)", "MJ(HHV)"),
    ("kgce(当量)", "kgce(等价)"),
    ("kgce(等价)", "MJ"),
    ("item", "1"),
    ("item", "bottle"),
    ("bottle", "case"),
    ("machine", "item"),
    ("strip", "tyre"),
    ("CNY", "EUR"),
    ("USD", "1"),
    ("h", "year"),
    ("d", "month"),
    ("kW", "kWh"),
    ("t", "t·km"),
    ("TEU", "t"),
    ("t(dry)", "t"),
    ("t(dry)", "t(air-dried)"),
    ("t(100%)", "t"),
    ("kg N", "kg"),
    ("kg P2O5", "kg K2O"),
    ("kg COD", "kg BOD5"),
    ("m3(20°C)", "Nm3"),
    ("m3(0°C)", "m3"),
    ("MPa", "MJ/m3"),
    ("MMBtu(HHV)", "MMBtu(IT)"),
]


@pytest.mark.parametrize(("here", "there"), UNLIKE)
def test_unlike_dimensions_do_not_convert(here: str, there: str):
    with pytest.raises(UnitError) as refusal:
        unit(here).factor_to(unit(there))
    (found,) = refusal.value.findings
    assert found.code == "UNIT-DIMENSION"
    assert dict(found.params)["saw"].startswith(here)


def test_dimension_texts_are_canonical():
    assert unit("kg CO2e/kWh").dimension == "[co2e]/[energy]"
    assert unit("kg CO2e/(t·km)").dimension == "[co2e]/([length]·[mass])"
    assert unit("m3").dimension == unit("m·m·m").dimension == "[length]^3"
    assert unit("1/kWh").dimension == "1/[energy]"
    assert unit("kg/t").dimension == unit("%").dimension == "1"


AMBIGUOUS = {
    "ton": "t",
    "TON": "t",
    "T": "t",
    "MT": "t",
    "Mt": "t",
    "kt": "千t",
    "gal": "gal(US)",
    "cal": "cal(IT)",
    "kcal": "kcal(th)",
    "大卡": "kcal(IT)",
    "C": "kg C",
    "M": "m",
    "ML": "mL",
    "MG": "mg",
    "Ml": "mL",
    "Mm": "mm",
    "mJ": "MJ",
    "mWh": "MWh",
    "Mbar": "mbar",
    "Mg COD": "mg COD",
    "Mm2": "mm2",
    "mPa": "MPa",
    "KN": "nmi/h",
    "DM": "dm",
    "CO2e": "kg CO2e",
    "kg CO2": "kg CO2e",
    "tCO2": "t CO2e",
    "kgCO₂/kWh": "kg CO2e",
    "吨标煤": "tce(当量)",
    "kgce": "kgce(等价)",
    "¥": "CNY",
    "tn": "t N",
    "TN": "t N",
    "Btu": "Btu(IT)",
    "MMBtu": "MMBtu(HHV)",
    "therm": "therm(US)",
    "hp": "hp(metric)",
    "吨蒸汽": "GJ",
    "蒸吨": "t/h",
    "Sm3": "m3(15°C)",
    "kg CH4": "kg",
    "pint": "pt(UK)",
    "barrel": "bbl(oil)",
    "尺": "市尺",
    "担": "公担",
    "$": "USD",
    "mile": "nmi",
    "方": "m3",
    "kg CO2e/t·km": "kgCO2e/(t·km)",
}


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_a_text_with_two_readings_is_refused_with_the_choice(text: str):
    found = refusal_of(text)
    assert found.code == "UNIT-AMBIGUOUS"
    assert AMBIGUOUS[text] in dict(found.params)["choices"].split(", ")


CONTEXTS = {
    ("m3", "gas"): ("Nm3", "m3(actual)"),
    ("万立方米", "gas"): ("万Nm3", "万m3(actual)"),
    ("kg CO2e/m³", "gas"): ("Nm3", "m3(actual)"),
    ("ft3", "gas"): ("Nm3", "m3(actual)"),
    ("kWh", "heat"): ("kWh(th)", "kWh(el)"),
    ("万度", "heat"): ("万kWh(th)", "万kWh(el)"),
    ("元/MWh", "heat"): ("MWh(th)", "MWh(el)"),
    ("吨", "moist"): ("t(wet)", "t(dry)"),
    ("百万t", "moist"): ("百万t(wet)", "百万t(dry)"),
    ("MJ/kg", "moist"): ("kg(wet)", "kg(dry)"),
}


@pytest.mark.parametrize(("text", "context"), CONTEXTS)
def test_where_a_spelling_says_too_little_it_is_asked_about(text: str, context: str):
    for other in {"gas", "heat", "moist"} - {context}:
        assert within(other, text) == unit(text), "control: elsewhere it is clear"
    with pytest.raises(UnitError, match="UNIT-AMBIGUOUS") as refusal:
        within(context, text)
    choices = dict(refusal.value.findings[0].params)["choices"].split(", ")
    assert tuple(choices) == CONTEXTS[text, context]
    for choice in choices:
        assert within(context, choice) == unit(choice)


def within(context: str, text: str) -> Unit:
    return unit(text, gas=context == "gas", heat=context == "heat", moist=context == "moist")


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("kWh_th", "kWh"),
        ("kWh(热)", "kWh"),
        ("kWhe", "kWh"),
        ("万千瓦时(电)", "万kWh"),
        ("t(湿基)", "t"),
        ("吨（收到基）", "t"),
        ("m3(工况)", "m3"),
        ("Am³", "m3"),
    ],
)
def test_a_spelling_that_says_more_means_the_plain_unit(said: str, plain: str):
    assert unit(said) == unit(plain)


@pytest.mark.parametrize(
    ("text", "close"),
    [("kgg", "kg"), ("kwhh", "kWh"), ("千瓦是", "千瓦"), ("kgCO2ee", "kgCO2e"), ("G", "g")],
)
def test_an_unknown_unit_is_answered_with_the_closest(text: str, close: str):
    found = refusal_of(text)
    assert found.code == "UNIT-UNKNOWN"
    assert close in [normal(one) for one in dict(found.params)["close"].split(", ")]


def test_where_nothing_is_close_common_units_are_shown():
    assert "kWh" in dict(refusal_of("ψψψψψψψψ").params)["close"]


# Pint's own registry reads each of these; none of them is on the list.
@pytest.mark.parametrize("text", ["Nm^4", "knot", "furlong", "kilogram**2", "degC", "2 kg", "3600"])
def test_nothing_else_reaches_pint(text: str):
    assert pint.UnitRegistry().parse_expression(text) is not None
    assert refusal_of(text).code == "UNIT-UNKNOWN"


@pytest.mark.parametrize("text", ["kg/m/s", "kg/", "/kWh", "kg··m", "·", "kg//t", "k" * 81])
def test_a_text_that_is_no_product_is_refused(text: str):
    assert refusal_of(text).code == "UNIT-FORM"


@pytest.mark.parametrize("text", ["", " ", "\u3000\n\t"])
def test_an_empty_unit_is_refused(text: str):
    assert refusal_of(text).code == "UNIT-EMPTY"


@pytest.mark.parametrize(
    "text",
    ["\x00", "\ud800", "kg\u200b", "(kg", "kg)", "((kg))", "½", "<b>kg</b>", "{unit}", "m⁻¹"],
)
def test_hostile_texts_are_refused_and_can_be_shown(text: str):
    for lang in ("zh", "en"):
        assert refusal_of(text).render(lang).isprintable()


def test_a_declared_counting_unit_is_a_dimension_of_its_own():
    bale = unit("kg CO2e/捆", frozenset({"捆", "bale"}))
    assert bale.symbol == "kg CO2e/捆"
    assert bale.dimension == "[co2e]/[count:捆]"
    assert unit("bale", frozenset({"bale"})).dimension != unit("item").dimension
    with pytest.raises(UnitError):
        unit("捆")


def test_declaring_a_listed_counting_unit_changes_nothing():
    assert unit("瓶", frozenset({"瓶"})) == unit("bottle")


@pytest.mark.parametrize(
    "name",
    [
        "A*",
        "a·b",
        "x\N{GREEK ANO TELEIA}",
        "kg",
        "KG",
        "kWh",
        "ton",
        "CNY",
        "t km",
        "a/b",
        "2nd",
        "",
        "(x)",
        "x" * 25,
        "<b>",
        "元",
    ],
)
def test_a_declared_name_cannot_take_a_unit_or_be_no_name(name: str):
    with pytest.raises(UnitError) as refusal:
        unit("kg", frozenset({name}))
    assert refusal.value.findings[0].code == "UNIT-COUNTING"


def test_a_declared_name_cannot_pose_as_a_listed_dimension():
    assert unit("mass", frozenset({"mass"})).dimension != unit("kg").dimension


def test_the_place_is_put_into_the_finding_and_not_remembered():
    for cell in ("B7", "B8"):
        with pytest.raises(UnitError) as refusal:
            unit("kgg", where=Where(sheet="能源", cell=cell))
        assert refusal.value.findings[0].where == Where(sheet="能源", cell=cell)
    assert refusal_of("kgg").where == Where()


@pytest.mark.parametrize(
    ("product", "plain"),
    [
        ("MWh·kg CO2e/kWh", "kg CO2e"),
        ("kg/t", "1"),
        ("%·kg", "kg"),
        ("%", "%"),
        ("kWh", "kWh"),
        ("万kWh·kg CO2e/kWh", "kg CO2e"),
    ],
)
def test_units_of_one_kind_are_merged(product: str, plain: str):
    assert unit(product).simplified() == unit(plain)


def test_pint_agrees_where_it_knows_the_unit():
    registry: Any = pint.UnitRegistry()
    known = {
        "kWh": "kilowatt_hour", "MJ": "megajoule", "t": "metric_ton", "lb": "pound", "L": "liter",
        "hL": "hectoliter", "gal(US)": "gallon", "gal(UK)": "imperial_gallon", "ha": "hectare",
        "bbl(oil)": "oil_barrel", "nmi": "nautical_mile", "mi": "mile", "ton(US)": "short_ton",
        "ton(UK)": "long_ton", "kcal(th)": "kilocalorie", "kcal(IT)": "1000 * cal_it", "d": "day",
        "oz(av)": "ounce", "toe": "tonne_of_oil_equivalent", "MMBtu(IT)": "1e6 * Btu_it",
        "Btu(th)": "Btu_th", "therm(EC)": "1e5 * Btu_it", "therm(US)": "US_therm", "ft3": "foot**3",
        "acre": "4840 * yard**2", "pt(UK)": "imperial_pint", "hp(metric)": "metric_horsepower",
        "hp(UK)": "horsepower", "fl oz(US)": "fluid_ounce", "oz(troy)": "troy_ounce",
        "yd3": "yard**3", "μm": "micron", "kW·h": "kilowatt * hour", "N·m": "newton * metre",
    }  # fmt: skip
    base = {"[mass]": "kg", "[energy]": "MJ", "[energy_lhv]": "MJ", "[length]": "m",
            "[length]^2": "m**2", "[length]^3": "m**3", "[time]": "s",
            "[energy]/[time]": "MJ/s"}  # fmt: skip
    for symbol, name in known.items():
        ours = unit(symbol)
        theirs = registry.parse_expression(name).to(base[ours.dimension]).magnitude
        assert float(ours.scale) == pytest.approx(theirs, rel=1e-9), symbol


def test_importing_the_module_builds_no_registry():
    code = "import factors.units as u; print(u._atoms.cache_info().currsize, u.unit('kWh'))"
    outcome = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert outcome.stdout == "0 kWh\n"


SOUND: dict[str, object] = {"ambiguous": {}, "ambiguous_like": [], "qualifier": {}, "multiple": {}}
ONE = {"symbol": "x", "is": "[one]"}
TWO = {"symbol": "y", "is": "[two]", "spellings": ["ｘ"]}


@pytest.mark.parametrize(
    "fault",
    [{"unit": {"one": ONE, "two": TWO}}, {"unit": {"one": ONE}, "ambiguous": {"x": ["kg"]}}],
    ids=["two units with one spelling", "accepted and refused"],
)
def test_a_faulty_list_is_refused(fault: dict[str, object]):
    assert read({**SOUND, "unit": {"one": ONE}}).exact.keys() == {"x"}
    with pytest.raises(ValueError, match=r"names both|both accepted and refused"):
        read({**SOUND, **fault})


def refusal_of(text: str) -> Finding:
    with pytest.raises(UnitError) as refusal:
        unit(text)
    (found,) = refusal.value.findings
    return found


def test_a_unit_is_a_value():
    assert hash(unit("吨公里")) == hash(unit("t·km"))
    assert isinstance(unit("t·km"), Unit)
    assert str(unit("kgCO2e/tkm")) == "kg CO2e/(t·km)"
