"""Laws of numbers as people write them: always an answer, never an exception, nothing lost."""

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from factors.findings import Finding
from factors.numbers import decimal_text
from factors.units import unit
from factors.written import Question, Setting, Written, read
from tests.evidence import campaign
from tests.property.strategies import SPELLINGS, SYMBOLS, unit_like_texts

EVERYDAY = 2_000
TEXTS_PER_SEED = 200

PIECES = (
    *"0123456789.,'’ -−+±~≈<≤>()（），．１２３%‰²³⁴eExX×*^万亿千百约至到/\n\t\x00",
    *("kWh", "吨", "t", "ton", "左右", "以下", "10^4", "×10", "1,234", "US$", "¥", "元", "±10%"),
)


def number_like_texts() -> st.SearchStrategy[str]:
    """Texts made of the stuff of numbers, most of them wrong, and any other text."""
    stuck = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
    with_unit = st.builds(
        "{}{}{}".format,
        st.from_regex(r"[0-9]{1,6}([.,][0-9]{1,4})?", fullmatch=True),
        st.sampled_from(["", " ", "万", " 万", "±1 "]),
        unit_like_texts(),
    )
    return st.one_of(stuck, with_unit, st.text(max_size=90))


def random_text(rng: random.Random) -> str:
    """The same kinds of text as above, without the cost of shrinking them."""
    kind = rng.randrange(4)
    if kind == 0:
        return "".join(rng.choices(PIECES, k=rng.randint(0, 14)))
    if kind == 1:
        number = f"{rng.randrange(1, 2000)}{rng.choice(['', '.5', ',25', '.123', ',000', '.000'])}"
        return number + rng.choice(["", " ", "万", " 万", "±1 "]) + rng.choice(SPELLINGS)
    if kind == 2:
        number = f"{rng.choice(PIECES)}{rng.uniform(-1e9, 1e9):.{rng.randrange(18)}g}"
        return number + "".join(rng.choices(PIECES, k=rng.randint(0, 4)))
    return "".join(chr(_code_point(rng)) for _ in range(rng.randint(0, 40)))


def _code_point(rng: random.Random) -> int:
    """Any code point, lone surrogates included; those of the first planes more often."""
    return rng.randrange(rng.choice((0x80, 0x3000, 0x10000, 0x110000)))


def check_answer(text: str) -> str:
    """A value, a question with different readings, or a finding that can be shown; which one."""
    kind = ""
    for setting in (Setting(), Setting(custom="comma", gas=True, heat=True, moist=True)):
        answer = read(text, setting)
        kind = kind or type(answer).__name__.lower()
        if isinstance(answer, Question):
            assert len(set(answer.readings)) == len(answer.readings) >= 2
            answer = answer.asked
        if isinstance(answer, Finding):
            assert answer.code.startswith(("NUMBER-", "UNIT-"))
            assert answer.blocks
            assert answer.render("zh").isprintable() and answer.render("en").isprintable()
        else:
            assert isinstance(answer.value, Fraction)
            assert any(char.isdigit() for char in text), "control: no number out of nothing"
            assert (answer.spread is None) or answer.spread >= 0
    return kind


@settings(max_examples=EVERYDAY)
@example("(" * 40)
@example("\ud800")
@example("1" * 40 + "e30")
@example("1e-30±1e-30%")
@given(number_like_texts())
def test_any_text_is_a_value_a_question_or_a_finding(text: str):
    check_answer(text)


@pytest.mark.deep("numbers")
def test_many_more_texts_are_a_value_a_question_or_a_finding():
    with campaign("numbers") as run:
        for seed in run.seeds():
            rng = random.Random(seed)
            for _ in range(TEXTS_PER_SEED):
                run.count(f"first_read_as_{check_answer(random_text(rng))}")
            run.count("texts", TEXTS_PER_SEED)


def test_random_texts_are_of_all_kinds():
    """The campaign's generator reaches every kind of answer, each of them often."""
    rng = random.Random(7)
    kinds = Counter(check_answer(random_text(rng)) for _ in range(600))
    assert set(kinds) == {"written", "question", "finding"}
    assert min(kinds.values()) > 5


def grouped(whole: str, mark: str, size: int = 3) -> str:
    """Digits in groups, from the right."""
    head = len(whole) % size or size
    return mark.join([whole[:head], *(whole[i : i + size] for i in range(head, len(whole), size))])


numbers = st.tuples(st.integers(0, 10**12), st.text("0123456789", max_size=5))


@given(numbers, st.sampled_from([",", "'", " ", ""]))
def test_english_writing_reads_back(number: tuple[int, str], mark: str):
    whole, part = number
    text = grouped(str(whole), mark) + (f".{part}" if part else "")
    check_meaning(text, Fraction(f"{whole}.{part or 0}"), "point")


@given(numbers, st.sampled_from([".", "'", " ", ""]))
def test_continental_writing_reads_back(number: tuple[int, str], mark: str):
    whole, part = number
    text = grouped(str(whole), mark) + (f",{part}" if part else "")
    check_meaning(text, Fraction(f"{whole}.{part or 0}"), "comma")


def check_meaning(text: str, number: Fraction, custom: str) -> None:
    """With the custom known, exactly the number; without it, the number or one of the readings."""
    known = Setting(custom="point") if custom == "point" else Setting(custom="comma")
    assert read(text, known) == Written(number)
    answer = read(text)
    if isinstance(answer, Question):
        assert number in {one.value for one in answer.readings}
    elif custom == "point" or text.count(".") != 1 or set(text) & set(",' "):
        assert answer == Written(number)


FULL_WIDTH = str.maketrans("0123456789.,-%", "０１２３４５６７８９．，－％")


@given(st.decimals(-(10**9), 10**9, places=4, allow_nan=False), st.booleans())
def test_chinese_writing_reads_back(number: object, wide: bool):
    exact = Fraction(str(number))
    for word, times in (("", 1), ("千", 10**3), ("万", 10**4), ("百万", 10**6), ("亿", 10**8)):
        plain = f"{number:f}" if not wide else f"{number:f}".translate(FULL_WIDTH)
        assert read(f"{plain}{word}") == Written(exact * times)
        assert read(f"{plain} {word}kWh") == Written(exact * times, unit("kWh"))


@given(st.floats(1e-6, 1e12), st.sampled_from(SYMBOLS))
def test_what_we_write_we_read(number: float, symbol: str):
    if symbol[0].isdigit():
        return
    text = decimal_text(number)
    answer = read(f"{text} {symbol}")
    assert isinstance(answer, Written) and answer.quantity is not None
    assert answer.quantity.in_base == Fraction(text) * unit(symbol).scale


@given(st.fractions(0, 10**6, max_denominator=10**9), st.sampled_from(["≈", "<", "±"]))
def test_the_shown_text_of_an_answer_reads_back(value: Fraction, sign: str):
    number = decimal_text(value)
    text = f"{number} ± 1 kg" if sign == "±" else f"{sign}{number} kg"
    answer = read(text)
    assert isinstance(answer, Written)
    assert read(str(answer)) == answer
