"""Numbers as people write them: a value, a question with its readings, or a finding."""

from fractions import Fraction

import pytest

from factors.findings import Finding, Where
from factors.mantissa import readings
from factors.quantity import Quantity
from factors.units import unit
from factors.written import Qualifier, Question, Setting, Written, read

VALUES = {
    "1,234.5": ("1234.5", None),
    "1.234,5": ("1234.5", None),
    "1 234,5": ("1234.5", None),
    "1\u202f234,5": ("1234.5", None),
    "1'234.5": ("1234.5", None),
    "1’234’567": ("1234567", None),
    "1,234,567": ("1234567", None),
    "1.234.567": ("1234567", None),
    "1.234.567,8": ("1234567.8", None),
    "1 234,567": ("1234.567", None),
    "1234,567": ("1234.567", None),
    "0,123": ("0.123", None),
    "1,5": ("1.5", None),
    "1.234": ("1.234", None),
    "１２３": ("123", None),
    "１，２３４．５": ("1234.5", None),
    "+7": ("7", None),
    "-7": ("-7", None),
    "−7": ("-7", None),
    "－7": ("-7", None),
    ".5": ("0.5", None),
    "5.": ("5", None),
    "007": ("7", None),
    "0": ("0", None),
    "1e3": ("1000", None),
    "1.5E-3 t": ("0.0015", "t"),
    "1.2×10⁴ kWh": ("12000", "kWh"),
    "1.2x10^4kWh": ("12000", "kWh"),
    "2*10**-3": ("0.002", None),
    "5 10^4kWh": ("5", "万kWh"),
    "1.2万": ("12000", None),
    "1.2萬": ("12000", None),
    "3.5亿": ("350000000", None),
    "3千万元": ("30000000", "CNY"),
    "2万亿元": ("2000000000000", "CNY"),
    "5 百万 kWh": ("5000000", "kWh"),
    "5 million kWh": ("5000000", "kWh"),
    "12 %": ("12", "%"),
    "12％": ("12", "%"),
    "3‰": ("3", "‰"),
    "12 kWh": ("12", "kWh"),
    "12kWh": ("12", "kWh"),
    "12 万kWh": ("120000", "kWh"),
    "12万度": ("120000", "kWh"),
    "3千瓦时": ("3", "kWh"),
    "3千瓦时/吨": ("3", "kWh/t"),
    "3百升": ("3", "hL"),
    "3百万分比": ("3", "ppm"),
    "12 kg CO₂e/(t·km)": ("12", "kg CO2e/(t·km)"),
    "12 ㎏": ("12", "kg"),
    "20 ℃": ("20", "°C"),
    "€1.200,50": ("1200.5", "EUR"),
    "CNY 1200": ("1200", "CNY"),
    "US$5万": ("50000", "USD"),
    " 5\u3000吨 ": ("5", "t"),
}


@pytest.mark.parametrize("text", VALUES)
def test_a_plain_text_has_one_reading(text: str):
    number, symbol = VALUES[text]
    assert read(text) == Written(Fraction(number), unit(symbol) if symbol else None)


QUALIFIED = {
    "≈5": (Qualifier.ABOUT, "5"),
    "~5 kg": (Qualifier.ABOUT, "5 kg"),
    "约 5 吨": (Qualifier.ABOUT, "5 t"),
    "约12吨左右": (Qualifier.ABOUT, "12 t"),
    "about 1.2万": (Qualifier.ABOUT, "12000"),
    "ca. 1.234,5": (Qualifier.ABOUT, "1234.5"),
    "<0.1": (Qualifier.LESS, "0.1"),
    "＜０．１％": (Qualifier.LESS, "0.1 %"),
    "≤ 3 t": (Qualifier.LESS, "3 t"),
    "不超过3吨": (Qualifier.LESS, "3 t"),
    "100吨以下": (Qualifier.LESS, "100 t"),
    ">= 3": (Qualifier.MORE, "3"),
    "100 吨以上": (Qualifier.MORE, "100 t"),
}


@pytest.mark.parametrize("text", QUALIFIED)
def test_a_qualifier_is_kept_and_remarked_on(text: str):
    qualifier, plain = QUALIFIED[text]
    found, bare = read(text), read(plain)
    assert isinstance(found, Written) and isinstance(bare, Written)
    assert (found.value, found.unit) == (bare.value, bare.unit)
    assert found.qualifier is qualifier
    remark = found.remark(Where(cell="B7"))
    assert remark is not None and not remark.blocks and remark.where.cell == "B7"
    assert bare.remark() is None


SPREADS = {
    "5±1": ("5", "1", None),
    "5 ± 1 kg": ("5", "1", "kg"),
    "5 kg ± 1": ("5", "1", "kg"),
    "5 kg +/- 100 g": ("5", "0.1", "kg"),
    "5 kg ± 10 %": ("5", "0.5", "kg"),
    "5万±1万": ("50000", "10000", None),
    "5万kWh±10%": ("50000", "5000", "kWh"),
    "-5±0.5 °C": ("-5", "0.5", "°C"),
}


@pytest.mark.parametrize("text", SPREADS)
def test_plus_minus_has_its_half_width_in_the_same_unit(text: str):
    middle, spread, symbol = SPREADS[text]
    named = unit(symbol) if symbol else None
    assert read(text) == Written(Fraction(middle), named, Qualifier.PLUS_MINUS, Fraction(spread))


QUESTIONS = {
    "1,234": ("NUMBER-DECIMAL", "1234", "1.234"),
    "-12,345": ("NUMBER-DECIMAL", "-12345", "-12.345"),
    "１，２３４": ("NUMBER-DECIMAL", "1234", "1.234"),
    "1,234 kWh": ("NUMBER-DECIMAL", "1234 kWh", "1.234 kWh"),
    "1,234万": ("NUMBER-DECIMAL", "12340000", "12340"),
    "≈1,234": ("NUMBER-DECIMAL", "≈1234", "≈1.234"),
    "1,234±0.5": ("NUMBER-DECIMAL", "1234 ± 0.5"),
    "1,2345": ("NUMBER-DECIMAL", "1.2345", "12345"),
    "(5)": ("NUMBER-SIGN", "-5", "5"),
    "（5.5）kg": ("NUMBER-SIGN", "-5.5 kg", "5.5 kg"),
    "5-": ("NUMBER-SIGN", "-5", "5"),
    "(1,234)": ("NUMBER-DECIMAL", "-1234", "1234", "-1.234", "1.234"),
    "5±1%": ("NUMBER-PERCENT", "5 ± 1 %", "5 ± 0.05"),
    "5%±1%": ("NUMBER-PERCENT", "5 ± 1 %", "5 ± 0.05 %"),
}


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_text_with_two_readings_is_asked_about(text: str):
    code, *shown = QUESTIONS[text]
    answer = read(text, where=Where(cell="C3"))
    if len(shown) == 1:
        assert str(answer) == shown[0], "only one custom makes sense of both numbers"
        return
    assert isinstance(answer, Question)
    assert [str(one) for one in answer.readings] == shown
    assert answer.asked.code == code and answer.asked.blocks
    assert answer.asked.where.cell == "C3"
    for lang in ("zh", "en"):
        assert all(one in answer.asked.render(lang) for one in shown)


@pytest.mark.parametrize(
    ("text", "point", "comma"), [("1,234", "1234", "1.234"), ("1.234", "1.234", "1234")]
)
def test_a_known_custom_answers_the_question(text: str, point: str, comma: str):
    assert read(text, Setting(custom="point")) == Written(Fraction(point))
    assert read(text, Setting(custom="comma")) == Written(Fraction(comma))


FINDINGS = {
    "": "NUMBER-EMPTY",
    "\u3000\n": "NUMBER-EMPTY",
    "-": "NUMBER-NONE",
    "／": "NUMBER-NONE",
    "N/A": "NUMBER-NONE",
    "无": "NUMBER-NONE",
    "abc": "NUMBER-FORM",
    "nan": "NUMBER-FORM",
    "∞": "NUMBER-FORM",
    "十二": "NUMBER-FORM",
    "1/2": "NUMBER-FORM",
    "½": "NUMBER-FORM",
    "10²": "NUMBER-FORM",
    "10² kg": "NUMBER-FORM",
    "5×104": "NUMBER-FORM",
    "١٢": "NUMBER-FORM",
    "=A1*2": "NUMBER-FORM",
    "2025-01-01": "NUMBER-FORM",
    "12:30": "NUMBER-FORM",
    "1\n234": "NUMBER-FORM",
    "1  234": "NUMBER-FORM",
    "5 1": "NUMBER-FORM",
    "1, 234": "NUMBER-FORM",
    "--5": "NUMBER-FORM",
    "≈<5": "NUMBER-FORM",
    "约5吨以上": "NUMBER-FORM",
    "€5 kg": "NUMBER-FORM",
    "(-5)": "NUMBER-FORM",
    "5±-1": "NUMBER-FORM",
    "1" * 41: "NUMBER-FORM",
    " " * 80 + "1": "NUMBER-FORM",
    "12,34,567": "NUMBER-GROUPS",
    "1,234.567.8": "NUMBER-GROUPS",
    "1.5,5.5": "NUMBER-GROUPS",
    "5-10": "NUMBER-INTERVAL",
    "5～10 kWh": "NUMBER-INTERVAL",
    "5吨至10吨": "NUMBER-INTERVAL",
    "5±1万": "NUMBER-SPREAD",
    "5万±1": "NUMBER-SPREAD",
    "1e31": "NUMBER-SIZE",
    "1e-31": "NUMBER-SIZE",
    "1e9999": "NUMBER-SIZE",
    "9e30亿": "NUMBER-SIZE",
    "5 ton": "UNIT-AMBIGUOUS",
    "¥5": "UNIT-AMBIGUOUS",
    "1,234 gal": "UNIT-AMBIGUOUS",
    "5 苹果": "UNIT-UNKNOWN",
    "5 kg 3": "UNIT-UNKNOWN",
    "5k": "UNIT-UNKNOWN",
    "5 kg ± 1 L": "UNIT-DIMENSION",
}


@pytest.mark.parametrize("text", FINDINGS)
def test_what_is_no_number_is_a_finding_with_its_place(text: str):
    answer = read(text, where=Where(sheet="能源", cell="B7"))
    assert isinstance(answer, Finding)
    assert answer.code == FINDINGS[text]
    assert answer.blocks
    assert answer.where == Where(sheet="能源", cell="B7")
    assert answer.render("zh").isprintable() and answer.render("en").isprintable()


def test_the_setting_reaches_the_unit():
    assert isinstance(read("5 m3"), Written)
    asked = read("5 m3", Setting(gas=True))
    assert isinstance(asked, Finding) and asked.code == "UNIT-AMBIGUOUS"
    assert str(read("5万捆", Setting(counting=frozenset({"捆"})))) == "50000 捆"
    assert str(read("5 万向节", Setting(counting=frozenset({"万向节"})))) == "5 万向节"


def test_a_value_with_a_unit_is_a_quantity():
    answer = read("12 万kWh")
    assert isinstance(answer, Written)
    assert answer.quantity == Quantity.of(432_000, "MJ")
    bare = read("12")
    assert isinstance(bare, Written) and bare.quantity is None


def test_readings_of_digits_name_their_custom():
    assert readings("1,234") == {"point": Fraction(1234), "comma": Fraction("1.234")}
    assert readings("1'234") == {"point": Fraction(1234)}
    assert readings("1,2345,6789") == {"myriad": Fraction(123456789)}
    assert readings("1,23,456") == readings(".") == readings("") == {}
