"""Laws of the ledger: nothing is lost, nothing appears, empty families change nothing."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from lca.ledger import Account, Centre, Key, Ledger, Output, allocate

# Thirty times as fast as st.fractions, which draws numerator and denominator one after another.
amounts = st.builds(Fraction, st.integers(0, 10**9), st.sampled_from((1, 3, 7, 10, 12, 10**6)))
positive = st.builds(Fraction, st.integers(1, 10**6), st.sampled_from((1, 3, 10, 997, 1000)))
SITES = settings(max_examples=40)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Sites with up to five families, auxiliary centres that may serve each other, a canteen."""
    families = [f"F{n}" for n in range(draw(st.integers(1, 5)))]
    aux = [f"C{n}" for n in range(draw(st.integers(0, 3)))]
    targets = [*families, *aux, "canteen"]
    final = [*families, "canteen"]

    def key(name: str) -> Key:
        values = {target: draw(amounts) for target in targets}
        values[draw(st.sampled_from(final))] = draw(positive)  # something always leaves
        return Key(name, "mass", "kg", values)

    keys = tuple(key(f"k{n}") for n in range(len(aux) + 1))
    centres = tuple(Centre(c, "auxiliary", f"k{n}") for n, c in enumerate(aux))
    accounts = tuple(
        Account(
            f"a{n}",
            "kWh",
            tuple(draw(st.lists(amounts, min_size=12, max_size=12))),
            draw(positive),
            key=draw(st.sampled_from([k.id for k in keys])),
        )
        for n in range(draw(st.integers(1, 3)))
    )
    outputs = tuple(Output(f, (draw(positive),)) for f in families)
    return Ledger(accounts, outputs, keys, (*centres, Centre("canteen", "non-product")))


@SITES
@given(ledgers())
def test_amounts_of_all_takers_are_exactly_the_account_total(ledger: Ledger) -> None:
    result = allocate(ledger)
    assert not result.findings
    for account in ledger.accounts:
        mine = [share for share in result.shares if share.account == account.id]
        assert sum(share.share for share in mine) == 1
        assert sum(share.amount for share in mine) == account.consumed


@SITES
@given(ledgers())
def test_a_new_family_without_output_changes_nothing(ledger: Ledger) -> None:
    larger = Ledger(
        ledger.accounts,
        (*ledger.outputs, Output("new", (Fraction(0),))),
        ledger.keys,
        ledger.centres,
    )
    assert allocate(larger).shares == allocate(ledger).shares


@SITES
@given(ledgers(), positive)
def test_shares_do_not_depend_on_the_unit_of_the_key(ledger: Ledger, times: Fraction) -> None:
    scaled = tuple(
        Key(k.id, k.kind, k.unit, {t: v * times for t, v in k.values.items()}) for k in ledger.keys
    )
    assert (
        allocate(Ledger(ledger.accounts, ledger.outputs, scaled, ledger.centres)).shares
        == allocate(ledger).shares
    )


@SITES
@given(ledgers())
def test_order_of_accounts_keys_and_centres_does_not_matter(ledger: Ledger) -> None:
    flipped = Ledger(
        ledger.accounts[::-1], ledger.outputs[::-1], ledger.keys[::-1], ledger.centres[::-1]
    )
    assert set(allocate(flipped).shares) == set(allocate(ledger).shares)


@SITES
@given(ledgers())
def test_another_key_moves_burden_but_leaves_the_site_total(ledger: Ledger) -> None:
    moved = tuple(
        Account(a.id, a.unit, a.months, a.multiplier, key=ledger.keys[0].id)
        for a in ledger.accounts
    )
    before = sum(share.amount for share in allocate(ledger).shares)
    after = sum(
        share.amount
        for share in allocate(Ledger(moved, ledger.outputs, ledger.keys, ledger.centres)).shares
    )
    assert before == after
