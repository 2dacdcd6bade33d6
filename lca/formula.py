"""Formulas of product models: text -> frozen tree -> text, and the reviewed functions.

The grammar is the whole language; there are no comparisons, loops or conditions::

    sum     = product { ("+" | "-") product }
    product = factor  { ("*" | "/") factor }
    factor  = "-" factor | atom
    atom    = number [ "[" unit "]" ] | name | function "(" sum { "," sum } ")" | "(" sum ")"

A model comes from outside, therefore length and nesting are limited. Value and dimension of a
formula are the business of :mod:`lca.formula_value`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from factors.errors import ModelError, UnitError
from factors.findings import Where, finding
from factors.numbers import parse_decimal
from factors.units import Unit, unit

MAX_LENGTH = 1000  # characters of one formula
MAX_TOKENS = 300  # also bounds the height of a tree of left-leaning sums
MAX_DEPTH = 30  # nested parentheses, calls and signs

ONE = unit("1")
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[a-z][a-z0-9_]*)"
    r"|(?P<unit>\[[^\[\]]*\])"
    r"|(?P<sign>[-+*/(),])"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A literal as written, its exact value and its unit (none: dimensionless)."""

    text: str
    value: Fraction
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """A declared name: parameter, table, account, or a name bound to a supplier."""

    name: str


@dataclass(frozen=True, slots=True)
class Negate:
    """Unary minus."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """One of ``+ - * /``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the reviewed table."""

    function: str
    arguments: tuple[Node, ...]


Node = Number | Name | Negate | Binary | Call


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula: the text as written, its tree, and the names in order of appearance."""

    text: str
    root: Node
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """One reviewed function.

    Attributes
    ----------
    least, most
        Number of arguments; ``most`` None means any.
    value
        Exact arguments in base units -> exact result in base units.
    unit
        Units of the arguments -> unit of the result, or None when they do not fit.
    source
        Where the function comes from; shown in the manual.
    """

    least: int
    most: int | None
    value: Callable[[Sequence[Fraction]], Fraction]
    unit: Callable[[Sequence[Unit]], Unit | None]
    source: str


def alike(units: Sequence[Unit]) -> Unit | None:
    """Return the first unit when all are of one dimension, else None."""
    first = units[0]
    return first if all(one.dimension == first.dimension for one in units) else None


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "min": Function(1, None, min, alike, "arithmetic"),
        "max": Function(1, None, max, alike, "arithmetic"),
    }
)
"""The reviewed functions; a new one states its units and its source."""


# --- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


def parse(text: str, where: Where = Where(), counting: frozenset[str] = frozenset()) -> Formula:
    """Parse a formula.

    Parameters
    ----------
    text
        At most 1000 characters.
    where
        Place of the formula, for findings.
    counting
        Counting units that the model declares for itself.

    Raises
    ------
    ModelError
        FORMULA-LENGTH, FORMULA-CHARACTER, FORMULA-SYNTAX, FORMULA-DEPTH, FORMULA-NUMBER,
        FORMULA-FUNCTION, FORMULA-ARGUMENTS or FORMULA-UNIT.
    """
    if len(text) > MAX_LENGTH:
        raise _refuse("FORMULA-LENGTH", where, text=text, limit=MAX_LENGTH)
    parser = _Parser(text, _tokens(text, where), where, counting)
    root = parser.sum(0)
    parser.expect("end")
    return Formula(text, root, tuple(dict.fromkeys(parser.names)))


def _refuse(code: str, where: Where, **params: object) -> ModelError:
    return ModelError(finding(code, where, **params))


def _tokens(text: str, where: Where) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refuse("FORMULA-CHARACTER", where, text=text, column=at + 1, char=text[at])
        if match.lastgroup != "space":
            tokens.append(_Token(str(match.lastgroup), match.group(), at + 1))
        at = match.end()
    if len(tokens) > MAX_TOKENS:
        raise _refuse("FORMULA-LENGTH", where, text=text, limit=MAX_LENGTH)
    return [*tokens, _Token("end", "", len(text) + 1)]


@dataclass(slots=True)
class _Parser:
    """Recursive descent over the tokens; ``at`` is the next one."""

    text: str
    tokens: list[_Token]
    where: Where
    counting: frozenset[str]
    at: int = 0
    names: list[str] = field(default_factory=list)

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self) -> _Token:
        token = self.next
        self.at += 1
        return token

    def expect(self, kind: str, text: str = "") -> _Token:
        token = self.next
        if token.kind != kind or (text and token.text != text):
            raise self.refuse("FORMULA-SYNTAX", saw=token.text, column=token.column)
        return self.take() if kind != "end" else token

    def refuse(self, code: str, **params: object) -> ModelError:
        return _refuse(code, self.where, text=self.text, **params)

    def sum(self, depth: int) -> Node:
        left = self.product(depth)
        while self.next.text in ("+", "-"):
            left = Binary(self.take().text, left, self.product(depth))
        return left

    def product(self, depth: int) -> Node:
        left = self.factor(depth)
        while self.next.text in ("*", "/"):
            left = Binary(self.take().text, left, self.factor(depth))
        return left

    def factor(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.refuse("FORMULA-DEPTH", limit=MAX_DEPTH)
        if self.next.text == "-":
            self.take()
            return Negate(self.factor(depth + 1))
        return self.atom(depth)

    def atom(self, depth: int) -> Node:
        token = self.next
        if token.kind == "number":
            return self.number()
        if token.kind == "name":
            self.take()
            return self.call(token, depth) if self.next.text == "(" else self.name(token)
        self.expect("sign", "(")
        inner = self.sum(depth + 1)
        self.expect("sign", ")")
        return inner

    def name(self, token: _Token) -> Name:
        self.names.append(token.text)
        return Name(token.text)

    def number(self) -> Number:
        token = self.take()
        try:
            value = parse_decimal(token.text)
        except ValueError:
            raise self.refuse("FORMULA-NUMBER", saw=token.text, column=token.column) from None
        if self.next.kind != "unit":
            return Number(token.text, value)
        return Number(token.text, value, self.bracket(self.take()))

    def bracket(self, token: _Token) -> Unit:
        try:
            return unit(token.text[1:-1], self.counting)
        except UnitError:
            raise self.refuse("FORMULA-UNIT", saw=token.text, column=token.column) from None

    def call(self, name: _Token, depth: int) -> Call:
        function = FUNCTIONS.get(name.text)
        if function is None:
            known = ", ".join(sorted(FUNCTIONS))
            raise self.refuse("FORMULA-FUNCTION", saw=name.text, known=known)
        arguments = self.arguments(depth)
        if not function.least <= len(arguments) <= (function.most or MAX_TOKENS):
            raise self.refuse("FORMULA-ARGUMENTS", saw=name.text, count=len(arguments))
        return Call(name.text, arguments)

    def arguments(self, depth: int) -> tuple[Node, ...]:
        self.expect("sign", "(")
        found = [self.sum(depth + 1)]
        while self.next.text == ",":
            self.take()
            found.append(self.sum(depth + 1))
        self.expect("sign", ")")
        return tuple(found)


# --- writing -------------------------------------------------------------------------------------

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}


def render(node: Node) -> str:
    """Return the text of a tree with only the parentheses it needs; parsing it gives the tree."""
    match node:
        case Number(text, _, own):
            return f"{text} [{own.symbol}]" if own else text
        case Name(name):
            return name
        case Call(function, arguments):
            return f"{function}({', '.join(map(render, arguments))})"
        case Negate(operand):
            return "-" + _wrapped(operand, isinstance(operand, Binary))
        case Binary(sign, left, right):
            before = _wrapped(left, _rank(left) < _RANK[sign])
            return f"{before} {sign} {_wrapped(right, _rank(right) <= _RANK[sign])}"


def _rank(node: Node) -> int:
    return _RANK[node.sign] if isinstance(node, Binary) else 3


def _wrapped(node: Node, needed: bool) -> str:
    return f"({render(node)})" if needed else render(node)


def names_in(node: Node) -> tuple[str, ...]:
    """Return the names of a tree in order of first appearance."""
    match node:
        case Name(name):
            return (name,)
        case Negate(operand):
            return names_in(operand)
        case Binary(_, left, right):
            return tuple(dict.fromkeys((*names_in(left), *names_in(right))))
        case Call(_, arguments):
            return tuple(dict.fromkeys(name for one in arguments for name in names_in(one)))
        case _:
            return ()
